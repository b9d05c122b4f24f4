"""The Data page: every dataset with its facts, and your own data from the file to the experiment."""

import base64
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import DATASETS, OwnCorpus, OwnDigits, OwnPoints, OwnSeries, OwnTable, OwnText
from playground.export.link import to_token
from playground.own import OwnDataError, OwnDataset
from playground.presets import PRESETS
from playground.web import edits
from playground.web.components.digit_paper import added_of
from playground.web.components.draw import INK_SIDE
from playground.web.components.points import points_of
from playground.web.data_facts import fact_cache
from playground.web.held_files import hold
from playground.web.panels.own_images import labels_of
from tests.own.examples import csv_of_flowers, csv_of_months, csv_of_reviews, own_dataset, story
from tests.pages.conftest import ROOT
from tests.pages.reading import messages, spec_of

Visit = Callable[..., AppTest]
KINDS = [kind for kind in DATASETS if not issubclass(kind, OwnDataset)]
FILES = ["own.images.files", "own.table.file", "own.text.files"]
"""Choices that are uploaded files."""
SHIPPED = [kind.name() for kind in KINDS if not hasattr(kind, "needs")]


def as_held(uploaded: Any) -> Any:
    """One (name, content) or several, as a page keeps files that were uploaded."""
    return (uploaded[0], hold(uploaded[1])) if isinstance(uploaded[0], str) else tuple(map(as_held, uploaded))


def opened(visit: Visit, **choices: Any) -> AppTest:
    """The page as somebody finds it who made these choices before."""
    app = visit()
    app.session_state["values"]["choices"] = {name: as_held(value) if name in FILES else value for name, value in choices.items()}
    app.switch_page(str(ROOT / "pages" / "data.py")).run()
    assert not app.exception, app.exception[0].message
    return app


def with_upload(visit: Visit, way: str, **choices: Any) -> AppTest:
    return opened(visit, **{"data.view": "own", "data.way": way, **choices})


def table(visit: Visit, content: bytes, name: str = "flowers.csv") -> AppTest:
    return with_upload(visit, "table", **{"own.table.file": (name, content)})


def seen(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*app.get("html"), *app.markdown, *app.caption))


def labeled(widgets: Any, label: str) -> Any:
    (found,) = [widget for widget in widgets if widget.label == label]
    return found


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_every_set_has_a_card_with_where_it_comes_from(visit: Visit) -> None:
    app = visit("data")
    page = seen(app)
    assert f"{len(KINDS)} datasets" in page
    for kind in KINDS:
        assert kind.title in page
    assert page.count("<dt>Source</dt>") == len(KINDS)
    assert page.count("<dt>License</dt>") == len(KINDS)
    assert {f"train_{name}" for name in SHIPPED} <= keys(app)


def test_previews_and_balance_appear_when_they_are_ready(visit: Visit) -> None:
    end = time.monotonic() + 100
    while not all(fact_cache().look(DATASETS[name]()) for name in SHIPPED):
        assert time.monotonic() < end
        time.sleep(0.05)
    app = visit("data")
    assert "Loading …" not in seen(app)
    assert "4,000 training, 1,000 test" in seen(app)
    assert fact_cache().look(DATASETS["iris"]()).bars.count("<img") == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"data.family": "Tables"}, {"iris", "wine", "breast_cancer", "diabetes"}),
        ({"data.task": "Regression"}, {kind.name() for kind in KINDS if kind().task.title == "Regression"}),
        ({"data.search": "petal"}, {"iris"}),
        ({"data.search": "PETAL nothing"}, set()),
        ({"data.family": "Points", "data.search": "moons"}, {"moons"}),
    ],
)
def test_filters_select_datasets(visit: Visit, choices: dict[str, str], expected: set[str]) -> None:
    app = opened(visit, **choices)
    assert {key.removeprefix("train_") for key in keys(app) if key.startswith("train_")} == expected
    assert ("No datasets match" in messages(app)) == (not expected)


@pytest.mark.parametrize("name", ["circle", "iris", "curve", "shapes"])
def test_train_on_this_puts_the_set_into_the_experiment(visit: Visit, name: str) -> None:
    app = visit("data")
    app.button(key=f"train_{name}").click().run()
    assert not app.exception
    spec = spec_of(app)
    assert spec.data == DATASETS[name]()
    assert app.button(key="play").label == "Train"
    told = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, name).notes
    assert all(note in messages(app) for note in told)


def test_home_leads_to_your_data(visit: Visit) -> None:
    app = visit()
    app.button(key="bring").click().run()
    assert not app.exception
    assert "You can review the data before anything is stored or trained" in seen(app)


def test_a_table_is_shown_before_it_is_learned(visit: Visit) -> None:
    app = table(visit, csv_of_flowers())
    assert "60 rows and 4 columns" in seen(app)
    assert labeled(app.selectbox, "Target").value == 3
    assert labeled(app.multiselect, "Features").value == [0, 1, 2]
    assert spec_of(app).data.kind == "mnist_sample"
    app.button(key="train_table").click().run()
    assert not app.exception
    data = spec_of(app).data
    assert isinstance(data, OwnTable)
    assert data.labels == ("setosa", "versicolor", "virginica")
    assert data.called == "flowers"
    assert sum(map(len, (data.load().train, data.load().test))) == 60
    assert not app.button(key="play").disabled


def test_choices_for_a_table_are_taken_and_stay(visit: Visit) -> None:
    app = table(visit, csv_of_flowers())
    labeled(app.selectbox, "Target").select(0).run()
    labeled(app.multiselect, "Features").set_value([1]).run()
    assert "1 feature" in seen(app).replace("1 features", "1 feature")
    app.switch_page(str(ROOT / "pages" / "draw.py")).run()
    app.switch_page(str(ROOT / "pages" / "data.py")).run()
    assert labeled(app.selectbox, "Target").value == 0
    assert labeled(app.multiselect, "Features").value == [1]
    app.button(key="train_table").click().run()
    data = spec_of(app).data
    assert isinstance(data, OwnTable)
    assert (data.features, data.labels) == (1, ())


def test_missing_values_are_noted_and_handled_as_chosen(visit: Visit) -> None:
    rows = "".join(f"{i * 0.37 % 5:.2f},{'' if i % 4 == 0 else i % 7},{'ab'[i % 2]}\n" for i in range(40))
    app = table(visit, f"size,weight,kind\n{rows}".encode())
    gaps = labeled(app.selectbox, "Missing values")
    assert "10 missing" in seen(app)
    gaps.select("drop").run()
    assert "30 of 40 rows" in seen(app)
    labeled(app.selectbox, "Missing values").select("mean").run()
    assert "40 of 40 rows" in seen(app)
    assert "filled with the mean of the training rows" in seen(app)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "file is empty"),
        (b"a\nx\ny\n", "one column"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", ""),
        (b"a,c,b\n1,5,x\n2,7,x\n", "a single class"),
        (b"a,b\n1,x\n2,x\n", "every other column is empty or has a single value"),
        (b"a,b\n,\n,\n", ""),
    ],
)
def test_an_invalid_table_is_reported_and_changes_nothing(visit: Visit, content: bytes, words: str) -> None:
    app = table(visit, content, "bad.csv")
    if words == "a single class":
        labeled(app.selectbox, "Target").select(2).run()
    assert words in messages(app)
    assert "Your experiment has not changed" in messages(app)
    assert "train_table" not in keys(app)
    assert spec_of(app) == PRESETS["mlp_784_256_10"].spec


def test_a_column_that_gives_the_target_away_is_left_out_with_one_click(visit: Visit) -> None:
    rows = "".join(f"{i * i % 37},{'no' if i % 3 else 'yes'},{min(i % 3, 1)}\n" for i in range(60))
    app = table(visit, f"age,alive,survived\n{rows}".encode(), "people.csv")
    assert "“alive” gives the target away" in seen(app)
    app.button(key="own_leave_out_1").click().run()
    assert labeled(app.multiselect, "Features").value == [0]
    assert "away" not in seen(app)
    assert "own_leave_out_1" not in keys(app)


def test_a_small_table_is_trained_for_enough_steps_and_the_page_says_so(visit: Visit) -> None:
    app = table(visit, csv_of_flowers())
    app.button(key="train_table").click().run()
    training = spec_of(app).training
    assert training.epochs * -(-48 // training.batch_size) >= 300
    assert f"{training.epochs} epochs instead of 20" in messages(app)


def test_training_that_a_link_locks_stays(visit: Visit) -> None:
    app = visit(lock="training")
    app.session_state["values"]["choices"] = {
        "data.view": "own", "data.way": "table", "own.table.file": as_held(("flowers.csv", csv_of_flowers()))
    }  # fmt: skip
    app.switch_page(str(ROOT / "pages" / "data.py")).run()
    app.button(key="train_table").click().run()
    assert isinstance(spec_of(app).data, OwnTable)
    assert spec_of(app).training == PRESETS["mlp_784_256_10"].spec.training


def test_hostile_names_stay_text(visit: Visit) -> None:
    evil = "<img src=x onerror=alert(1)>"
    rows = "".join(f"{i % 5},{i % 3},{'<script>alert(2)</script>' if i % 2 else '**b** [x](http://e.x)'}\n" for i in range(30))
    app = table(visit, f"{evil},`code` $x$,<b>y</b>\n{rows}".encode(), "<script>x</script>.csv")
    html = "\n".join(str(each.value) for each in app.get("html") if "<style" not in str(each.value))
    assert "<script>" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(2)" in html
    app.button(key="train_table").click().run()
    assert not app.exception
    assert "<script>" not in "\n".join(str(each.value) for each in app.markdown).replace("\\<script\\>", "")


def test_sentences_in_a_table_are_offered_as_text_and_learned(visit: Visit) -> None:
    app = table(visit, csv_of_reviews(), "reviews.csv")
    assert seen(app).count("contains sentences") == 1
    assert "A network for text can read “review” word by word." in seen(app)
    app.button(key="own_use_as_text").click().run()
    assert not app.exception
    assert "120 texts of up to" in seen(app)
    assert labeled(app.selectbox, "Text").value == 0
    assert labeled(app.selectbox, "Target").value == 1
    labeled(app.number_input, "Vocabulary").set_value(20).run()
    assert 'class="pg-unknown"' in seen(app)
    app.button(key="train_text").click().run()
    assert not app.exception
    spec = spec_of(app)
    assert isinstance(spec.data, OwnText)
    assert (spec.data.symbols, spec.data.labels) == (20, ("complaint", "praise"))
    assert spec.network[0].kind == "embedding"
    assert not app.button(key="play").disabled


def test_pasted_text_becomes_windows_to_continue(visit: Visit) -> None:
    app = with_upload(visit, "text")
    app.text_area[0].input("ha").run()
    assert "Your experiment has not changed" in messages(app)
    app.text_area[0].input(story()).run()
    assert "in windows of 64" in seen(app)
    labeled(app.number_input, "Window (characters)").set_value(32).run()
    app.button(key="train_text").click().run()
    assert not app.exception
    spec = spec_of(app)
    assert isinstance(spec.data, OwnCorpus)
    assert (spec.data.window, spec.data.called) == (32, "pasted text")
    assert spec.network[0].kind == "embedding"
    assert not app.button(key="play").disabled


def test_a_table_in_time_is_offered_as_a_series_and_learned(visit: Visit) -> None:
    rows = csv_of_months().decode().splitlines()
    app = table(visit, "\n".join(rows[:60] + rows[62:]).encode(), "sales.csv")
    app.button(key="own_use_as_series").click().run()
    assert not app.exception
    assert "2 missing times" in seen(app)
    labeled(app.selectbox, "Missing times and values").select("refuse").run()
    assert "2 times are missing at a step of 1 month" in messages(app)
    labeled(app.selectbox, "Missing times and values").select("fill").run()
    assert "120 steps of 1 month; the network sees 12 and forecasts 6" in seen(app)
    app.button(key="train_series").click().run()
    assert not app.exception
    data = spec_of(app).data
    assert isinstance(data, OwnSeries)
    assert data.feature_names == ("sales",)
    assert not app.button(key="play").disabled


def test_a_window_longer_than_the_series_is_an_error_of_the_settings(visit: Visit) -> None:
    dataset = own_dataset("own_series").model_copy(update={"window": 2000})
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, dataset).spec
    app = visit("playground", spec=to_token(spec))
    assert "use a shorter window or horizon" in messages(app)
    assert "own_missing_open" not in keys(app)


def test_points_become_a_set(visit: Visit) -> None:
    drawn = tuple((x / 4, x / 5 - 2.0, int(x > 10)) for x in range(20))
    app = with_upload(visit, "points", **{"own.points": drawn, "own.points.name.1": "<i>sky</i>"})
    app.button(key="train_points").click().run()
    assert not app.exception
    data = spec_of(app).data
    assert isinstance(data, OwnPoints)
    assert data.labels == ("orange", "<i>sky</i>")
    loaded = data.load()
    assert len(loaded.train) + len(loaded.test) == 20


def test_points_onto_a_set_come_with_it(visit: Visit) -> None:
    app = with_upload(visit, "points", **{"own.points": ((0.0, 0.0, 0),), "own.points.onto": "moons"})
    total = sum(map(len, (DATASETS["moons"]().examples().train, DATASETS["moons"]().examples().test)))
    assert f"Added to the {total:,} points" in seen(app)
    assert [field.disabled for field in app.text_input] == [True, True]


def test_points_of_one_class_are_not_enough(visit: Visit) -> None:
    app = with_upload(visit, "points", **{"own.points": ((0.0, 0.0, 0), (1.0, 1.0, 0))})
    assert "all points are in one class" in messages(app).lower()
    assert not app.error  # nothing is wrong yet: the first color comes before the second
    assert "train_points" not in keys(app)


def collected(*labels: int) -> tuple[tuple[bytes, int], ...]:
    rng = np.random.default_rng(0)
    return tuple((rng.integers(0, 256, (28, 28), np.uint8).tobytes(), label) for label in labels)


def test_digits_become_a_set_alone_or_beside_mnist(visit: Visit) -> None:
    app = with_upload(visit, "digits", **{"own.digits": collected(1, 7, 1, 7)})
    assert "4 drawn digits" in seen(app)
    assert "the network cannot learn these digits" in seen(app)
    beside = with_upload(visit, "digits", **{"own.digits": collected(1, 7, 1, 7), "own.digits.beside": "mnist_sample"})
    assert "**4,004** for training · **1,000** for testing" in seen(beside)
    beside.button(key="train_digits").click().run()
    assert not beside.exception
    data = spec_of(beside).data
    assert isinstance(data, OwnDigits)
    assert (data.beside, len(data.load().train)) == ("mnist_sample", 4004)


def test_a_digit_can_be_removed_and_restored(visit: Visit) -> None:
    app = with_upload(visit, "digits", **{"own.digits": collected(1, 7, 3), "own.digits.picked": 1})
    app.button(key="own_digits_remove").click().run()
    assert [label for _, label in app.session_state["values"]["choices"]["own.digits"]] == [1, 3]
    app.button(key="own_digits_undo").click().run()
    assert [label for _, label in app.session_state["values"]["choices"]["own.digits"]] == [1, 7, 3]


def test_what_a_browser_sends_is_read_with_care() -> None:
    assert points_of([[0, 1.5, 1], [0, float("nan"), 1], [0, 1], "x", [0, 0, 99], [0, 0, 0.5], [True, 0, 0], None]) == ((0, 1.5, 1),)
    assert points_of("points") == points_of(None) == ()
    ink = base64.b64encode(bytes(INK_SIDE**2)).decode()
    sent = [{"nonce": "a", "label": 3, "ink": ink}, {"nonce": "b", "label": 11, "ink": ink}, {"label": 1}, 7]
    assert [(each.nonce, each.label) for each in added_of(sent)] == [("a", 3)]


def test_typed_classes_are_read_line_by_line() -> None:
    assert labels_of("a=b.png = cat\n\n c.png=dog ") == {"a=b.png": "cat", "c.png": "dog"}
    with pytest.raises(OwnDataError, match="line 2"):
        labels_of("a.png = cat\nb.png =")
