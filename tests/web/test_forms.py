"""Forms: which widget a setting gets, and what becomes of what is entered."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.augmentations import Rotation
from playground.catalog.layers import Dense
from playground.catalog.losses import WeightedCrossEntropy
from playground.catalog.optimizers import Adam
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits, session
from playground.web.fields import Field, fields
from playground.web.forms import _powers
from tests.pages.reading import spec_of

MLP = PRESETS["mlp_784_256_10"].spec
(RATE,) = [field for field in fields(Adam) if field.name == "lr"]


def _entering(field: object, path: str) -> None:
    from playground.web import session
    from playground.web.forms import _changed

    session.spec()
    _changed(field, path, "the key")


def entered(monkeypatch: pytest.MonkeyPatch, value: Any, field: Field = RATE, path: str = "optimizer.lr") -> AppTest:
    """A session in which a widget has just got this value."""
    monkeypatch.setattr(session, "widget", lambda key: value)
    app = AppTest.from_function(_entering, args=(field, path)).run()
    assert not app.exception, app.exception[0].message
    return app


def _form(spec: object, sliders: bool) -> None:
    from playground.web.forms import form

    form(spec.data, "data", sliders=sliders)
    form(spec.optimizer, "optimizer")
    form(spec.training.stop, "training.stop")


def _augmentation(rotation: object) -> None:
    from playground.web.forms import form

    form(rotation, "data.augmentations[0]", sliders=True)


def drawn(spec: ExperimentSpec, *, sliders: bool = True) -> AppTest:
    app = AppTest.from_function(_form, args=(spec, sliders)).run()
    assert not app.exception, app.exception[0].message
    return app


def test_each_setting_has_the_widget_of_its_range() -> None:
    app = drawn(edits.replace_part(PRESETS["playground_2d"].spec, "optimizer", "sgd"))
    assert {slider.label for slider in app.slider} == {"Noise", "Test share", "Imbalance", "Label noise"}
    assert [slider.label for slider in app.select_slider] == ["Points"]
    assert {"Data seed", "Training examples", "Momentum", "Weight decay", "Target accuracy", "Patience", "Time limit (s)"} == {
        box.label for box in app.number_input
    }
    assert [box.label for box in app.selectbox] == ["Learning rate"]
    assert [toggle.label for toggle in app.toggle] == ["Standardize", "Nesterov"]


def test_widgets_show_the_spec_and_hold_its_ranges() -> None:
    app = drawn(edits.set_field(PRESETS["playground_2d"].spec, "data.noise", 0.25))
    (noise,) = [slider for slider in app.slider if slider.label == "Noise"]
    assert (noise.value, noise.min, noise.max) == (0.25, 0, 0.5)
    assert {box.value for box in app.number_input if box.label in ("Patience", "Time limit (s)")} == {None}


def test_small_numbers_are_not_rounded_to_zero() -> None:
    spec = edits.set_field(edits.replace_part(PRESETS["playground_2d"].spec, "optimizer", "sgd"), "optimizer.weight_decay", 0.003)
    app = drawn(edits.set_field(spec, "data.label_noise", 0.003))
    fields = [*app.number_input, *app.slider]
    for label in ("Weight decay", "Label noise"):
        (field,) = [field for field in fields if field.label == label]
        assert field.proto.format % field.value == "0.003"


def test_a_value_between_two_stops_stays_as_it_is() -> None:
    app = AppTest.from_function(_augmentation, args=(Rotation(degrees=33.3),)).run()
    (degrees,) = app.select_slider
    assert degrees.value == 33.3
    assert [text for text in degrees.options if 20 <= float(text) <= 60] == ["20", "25", "30", "33.3", "45", "60"]


def _weights(layer: object) -> None:
    from playground.web.forms import form

    form(layer, "network[0]")  # type: ignore[arg-type]


@pytest.mark.parametrize(("layer", "label"), [(Dense(units=7), "More"), (Dense(units=7, bias=False), "More · 1 changed")])
def test_settings_that_most_people_leave_alone_are_folded_and_counted(layer: Dense, label: str) -> None:
    app = AppTest.from_function(_weights, args=(layer,)).run()
    rare = [field.title for field in fields(Dense) if field.advanced]
    folded = app.main.children[1]
    assert folded.proto.popover.label == label  # type: ignore[union-attr]
    inside = [*folded.get("toggle"), *folded.get("selectbox"), *folded.get("number_input")]  # type: ignore[union-attr]
    assert sorted(widget.label for widget in inside) == sorted(rare)
    assert [widget.label for widget in app.number_input if widget.label not in rare] == ["Units"]


def test_keys_carry_the_revision() -> None:
    assert all(str(widget.key).startswith("0.") for widget in (*drawn(MLP).number_input, *drawn(MLP).selectbox))


@pytest.mark.parametrize(("text", "rate"), [("0.02", 0.02), ("2,5e-4", 0.00025), (" 1e-3 ", 0.001), ("100", 100.0)])
def test_a_learning_rate_is_read_as_people_type_it(monkeypatch: pytest.MonkeyPatch, text: str, rate: float) -> None:
    assert spec_of(entered(monkeypatch, text)).optimizer.lr == rate


@pytest.mark.parametrize("text", ["fast", "", "1e999", "-1", "0", "nan", "9" * 400, "101", None])
def test_what_is_no_learning_rate_is_told_and_leaves_the_spec(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    app = entered(monkeypatch, text)
    assert spec_of(app) == MLP
    told, level = app.session_state["values"]["messages"]["optimizer.lr"]
    assert told.startswith("Learning rate: must be ")
    assert level == "error"
    assert len(told) < 200
    assert app.session_state["values"]["revision"] == 1, "the widget has to show the spec again"


def test_what_a_widget_shows_already_keeps_the_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    (seed,) = [field for field in fields(type(MLP.training)) if field.name == "seed"]
    app = entered(monkeypatch, 7, seed, "training.seed")
    assert spec_of(app).training.seed == 7
    assert app.session_state["values"]["revision"] == 0


@pytest.mark.parametrize("value", [0.001, 0.02, 1e-7, 100.0])
def test_offered_rates_rise_by_ones_and_threes_and_contain_the_value(value: float) -> None:
    offered = [float(text) for text in _powers(RATE, value)]
    assert offered == sorted(offered)
    assert value in offered
    assert {0.001, 0.003, 0.01, 0.03} <= set(offered)


(WEIGHTS,) = fields(WeightedCrossEntropy)
WEIGHTED = edits.replace_part(PRESETS["mlp_784_256_10"].spec, "loss", "weighted_cross_entropy")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1, 2, 5", (1, 2, 5)), ("1 2.5", (1, 2.5)), (" 1,5; 2 ", (1.5, 2)), ("Balanced", "balanced"), ("3e-1,1", (0.3, 1))],
)
def test_class_weights_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch, text: str, expected: object) -> None:
    monkeypatch.setattr(session, "spec", lambda: WEIGHTED)
    kept: list[ExperimentSpec] = []
    monkeypatch.setattr(session, "edit", lambda spec, *_, **__: kept.append(spec))
    entered(monkeypatch, text, WEIGHTS, "loss.weights")
    assert kept[0].loss == WeightedCrossEntropy(weights=expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"), [("one, two", "must be “balanced”, or numbers"), ("1, -2", "above 0"), ("", "must be “balanced”")]
)
def test_class_weights_that_make_no_sense_are_told(monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    monkeypatch.setattr(session, "spec", lambda: WEIGHTED)
    told: list[str] = []
    monkeypatch.setattr(session, "set_message", lambda name, text, *_, **__: told.append(text))
    entered(monkeypatch, text, WEIGHTS, "loss.weights")
    assert words in told[0]
