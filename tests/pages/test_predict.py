"""The Predict page: the form of a run, its answer, and what it says when something is missing or wrong."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web.held_files import HeldFile, hold
from playground.web.panels import predict_files
from playground.web.panels.predict import value_text
from tests.own.examples import own_dataset
from tests.pages.test_draw import trained
from tests.predicting.runs import houses

TRAINING = TrainingSettings(epochs=60, batch_size=16)


@pytest.fixture(scope="module")
def prices_run() -> str:
    return trained(ExperimentSpec(data=houses(), network=(Output(),), loss=MSE(), optimizer=Adam(lr=0.1), training=TRAINING))


@pytest.fixture(scope="module")
def flowers_run() -> str:
    network = (Dense(units=8), ReLU(), Output())
    return trained(
        ExperimentSpec(data=own_dataset("own_table"), network=network, loss=CrossEntropy(), optimizer=Adam(lr=0.05), training=TRAINING)
    )


def answer(app: AppTest) -> str:
    (shown,) = [found[1] for element in app.get("html") if (found := re.search(r'data-answer="([^"]*)"', element.proto.body))]
    return shown


def value(app: AppTest) -> float:
    return float(answer(app).replace(",", "").replace("−", "-"))


def test_a_value_is_predicted_in_units_of_the_target_and_follows_the_form(visit: Callable[..., AppTest], prices_run: str) -> None:
    app = visit("predict", run=prices_run)
    assert [field.label for field in (*app.number_input, *app.selectbox[1:])] == ["size", "district"]
    assert "In training from 40 to 15" in app.number_input[0].help
    app.selectbox[1].select("south")
    app.number_input[0].set_value(50.0).run()
    assert value(app) == pytest.approx(100_000, rel=0.1)
    app.number_input[0].set_value(150.0).run()
    assert value(app) == pytest.approx(200_000, rel=0.1)


def test_the_form_begins_with_values_that_the_columns_could_have(visit: Callable[..., AppTest]) -> None:
    lines = [f"{40 + 0.5 * row},{1 + row % 4},{1000 * row}" for row in range(41)]
    data = houses("size,rooms,price\n" + "\n".join(lines), target=2, dropped=frozenset())
    run = trained(ExperimentSpec(data=data, network=(Output(),), loss=MSE(), training=TrainingSettings(epochs=1)))
    size, rooms = visit("predict", run=run).number_input
    assert rooms.value in (2.0, 3.0)
    assert rooms.step == 1
    assert round(size.value, 1) == size.value


def test_a_missing_value_is_filled_and_said(visit: Callable[..., AppTest], prices_run: str) -> None:
    app = visit("predict", run=prices_run)
    before = value(app)
    app.number_input[0].set_value(None).run()
    assert value(app) == pytest.approx(before, rel=0.01)
    assert any("filled with the mean" in caption.value for caption in app.caption)
    app.selectbox[1].select("missing").run()
    assert any("filled with the most frequent category" in caption.value for caption in app.caption)


def test_a_class_is_predicted_with_probabilities(visit: Callable[..., AppTest], flowers_run: str) -> None:
    app = visit("predict", run=flowers_run)
    for field, number in zip(app.number_input, (1.5, 0.3), strict=True):
        field.set_value(number)
    app.run()
    assert answer(app) == "setosa"
    assert any("pg-one-share" in element.proto.body for element in app.get("html"))


def test_a_first_visitor_predicts_images_and_learns_how_to_predict_rows(visit: Callable[..., AppTest]) -> None:
    app = visit("predict")
    assert app.selectbox[0].value == "digits"
    assert any("upload it and train a network on it" in text.value for text in app.markdown)


def test_a_run_on_sequences_says_why_it_is_not_offered(visit: Callable[..., AppTest]) -> None:
    data = own_dataset("own_series")
    run = trained(ExperimentSpec(data=data, network=(Dense(units=2),), loss=MSE(), training=TRAINING))
    app = visit("predict", run=run)
    assert any("not from rows of a table, points or images" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("number", "text"),
    [(412000.4, "412,000"), (-1234567.8, "−1,234,568"), (0.03125, "0.03125"), (98.6, "98.6"), (0.0, "0"), (1e-9, "1e−09"), (120.0, "120")],
)
def test_values_are_written_in_full(number: float, text: str) -> None:
    assert value_text(number) == text


def test_a_file_of_rows_is_predicted_from_where_uploads_are_held(
    visit: Callable[..., AppTest], prices_run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = b"size,district\n50,south\n150,south\n"
    monkeypatch.setattr(predict_files, "take", lambda _: (("rows.csv", hold(rows)),))
    app = visit("predict", run=prices_run)
    assert not app.exception
    assert "Download 2 rows with answers (CSV)" in {button.label for button in app.get("download_button")}
    monkeypatch.setattr(predict_files, "take", lambda _: (("other.csv", HeldFile("", 0)),))
    app = visit("predict", run=prices_run)
    assert any("upload it again" in error.value for error in app.error)
