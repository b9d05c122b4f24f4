"""Links for a class, page by page without a browser: what is hidden is not there, what is locked is shown and stays as it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web import edits, session
from playground.web.classroom import PARTS, lockable
from playground.web.server import runs
from tests.pages.conftest import ROOT
from tests.pages.reading import ending, messages, spec_of
from tests.pages.test_share import File

Visit = Callable[..., AppTest]
TURNED = edits.add_augmentation(PRESETS["small_cnn"].spec, "rotation")
TOKEN = to_token(TURNED)

WIDGETS = {
    "data": ("selectbox", "data.kind"),
    "augmentation": ("slider", "data.augmentations[0].probability"),
    "batches": ("number_input", "training.batch_size"),
    "loss": ("selectbox", "loss.kind"),
    "optimizer": ("selectbox", "optimizer.lr"),
    "schedule": ("selectbox", "schedule.kind"),
    "training": ("number_input", "training.epochs"),
    "presets": ("button", "preset.lenet5"),
    "share": ("button", "share"),
    "take_away": ("button", "export"),
}
"""Of each part one widget that only it has, by the end of its key."""


def has(app: AppTest, name: str) -> bool:
    family, path = WIDGETS[name]
    return any(str(widget.key).endswith(path) for widget in getattr(app, family))


def limits(app: AppTest) -> dict[str, list[str]]:
    """What the address says of hiding and locking."""
    return {name: [value] if isinstance(value, str) else value for name, value in app.query_params.items() if name in ("hide", "lock")}


def subheaders(app: AppTest) -> list[str]:
    return [str(each.value) for each in app.subheader]


def locked(app: AppTest, path: str) -> bool:
    widgets = [*app.selectbox, *app.slider, *app.number_input, *app.toggle, *app.select_slider]
    return bool(ending(widgets, path).disabled)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", WIDGETS)
def test_what_is_hidden_is_not_there_and_everything_else_is(visit: Visit, name: str) -> None:
    app = visit("playground", spec=TOKEN, hide=name)
    assert [each for each in WIDGETS if not has(app, each)] == [name]
    assert spec_of(app) == TURNED
    assert not app.button(key="play").disabled


def test_the_network_and_the_output_can_be_hidden(visit: Visit) -> None:
    assert {"Network", "Output"} <= set(subheaders(visit("playground", spec=TOKEN)))
    assert not {"Network", "Output"} & set(subheaders(visit("playground", spec=TOKEN, hide="network,output")))


def test_the_picture_of_the_network_is_there_with_a_run_unless_the_network_or_the_output_is_hidden(visit: Visit) -> None:
    def pictured(**address: str) -> bool:
        app = visit("playground", spec=TOKEN, **address)
        return "playground.network_picture" in [each.proto.component_name for each in app.get("bidi_component")]

    assert not pictured()
    run = runs().submit(TURNED)
    assert [pictured(run=run), pictured(run=run, hide="network"), pictured(run=run, hide="output")] == [True, False, False]
    runs().stop(runs().resolve(run).run_id)


def test_with_everything_hidden_it_can_still_be_trained(visit: Visit) -> None:
    app = visit("playground", spec=TOKEN, hide=",".join(PARTS))
    assert subheaders(app) == []
    assert not app.button(key="play").disabled
    app.button(key="play").click().run()
    assert not app.exception
    app.button(key="reset").click().run()


@pytest.mark.parametrize("name", [name for name in lockable() if name in WIDGETS])
def test_what_is_locked_shows_its_value_and_cannot_be_changed(visit: Visit, name: str) -> None:
    app = visit("playground", spec=TOKEN, lock=name)
    assert [each for each in lockable() if each in WIDGETS and locked(app, WIDGETS[each][1])] == [name]
    assert any("Locked by this link" in str(each.value) for each in app.caption)
    widget = ending(getattr(app, WIDGETS[name][0]), WIDGETS[name][1])
    free = ending(getattr(visit("playground", spec=TOKEN), WIDGETS[name][0]), WIDGETS[name][1])
    assert widget.value == free.value  # type: ignore[attr-defined]


def test_a_locked_augmentation_keeps_its_place_in_the_list(visit: Visit) -> None:
    app = visit("playground", spec=TOKEN, lock="augmentation")
    assert ending(app.button, "augmentations.0.remove").disabled  # type: ignore[attr-defined]
    assert not [each for each in app.button if "augmentations.add" in str(each.key)]


def test_a_preset_that_would_change_what_is_locked_cannot_be_opened(visit: Visit) -> None:
    app = visit("playground", lock="data,loss")
    closed = {name for name in PRESETS if ending(app.button, f"preset.{name}").disabled}  # type: ignore[attr-defined]
    kinds = {name: (preset.spec.data.kind, preset.spec.loss.kind) for name, preset in PRESETS.items()}
    assert closed == {name for name, both in kinds.items() if both != ("mnist_sample", "cross_entropy")}
    ending(app.button, "preset.lenet5").click().run()  # type: ignore[attr-defined]
    assert spec_of(app) == PRESETS["lenet5"].spec


def test_another_dataset_that_would_need_another_loss_is_not_taken_where_the_loss_is_locked(visit: Visit) -> None:
    app = visit("playground", spec=TOKEN, lock="loss")
    ending(app.selectbox, "data.kind").select("plane").run()  # type: ignore[attr-defined]
    assert spec_of(app) == TURNED
    assert "The loss is now" not in messages(app)
    assert "Not applied. This link locks: Loss." in messages(app)
    assert ending(app.selectbox, "data.kind").value == "mnist_sample"  # type: ignore[attr-defined]
    ending(app.selectbox, "data.kind").select("digits8").run()  # type: ignore[attr-defined]
    assert spec_of(app).data.kind == "digits8"
    assert "Not applied" not in messages(app)


def _open_file() -> None:
    from playground.web.panels import share

    share._open("the key")


def test_a_file_that_would_change_what_is_locked_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "widget", lambda key: File(PRESETS["lenet5"].spec.to_json().encode()))
    app = AppTest.from_function(_open_file)
    app.query_params["lock"] = "network"
    app.run()
    assert spec_of(app) == PRESETS["mlp_784_256_10"].spec
    assert "Network" in app.session_state["values"]["messages"]["address"][0]
    assert "upload" not in app.session_state["values"]["messages"]


def test_names_that_are_not_known_are_told_and_the_others_count(visit: Visit) -> None:
    app = visit("playground", spec=TOKEN, hide="schedule,<b>colour</b>", lock="output")
    assert not has(app, "schedule")
    assert "hides or locks unknown parts of the page: \\<b\\>colour\\</b\\>, output." in messages(app)


def test_the_address_keeps_what_it_hides_through_edits_and_other_pages(visit: Visit) -> None:
    app = visit("playground", spec=TOKEN, hide="schedule", lock="data,loss")
    ending(app.number_input, "training.epochs").set_value(7).run()  # type: ignore[attr-defined]
    assert limits(app) == {"hide": ["schedule"], "lock": ["data,loss"]}
    for page in ("home", "draw", "explain", "data", "playground"):
        app.query_params.clear()  # as a link from page to page does
        app.switch_page(str(Path(ROOT) / "pages" / f"{page}.py")).run()
        assert not app.exception
        assert limits(app) == {"hide": ["schedule"], "lock": ["data,loss"]}, page
    assert locked(app, "data.kind")
    assert not has(app, "schedule")


def test_two_experiments_in_one_address_are_told(visit: Visit) -> None:
    app = visit("playground", spec=[TOKEN, to_token(PRESETS["lenet5"].spec)])
    assert "contains 2 experiments" in messages(app)
    assert spec_of(app) == PRESETS["mlp_784_256_10"].spec
