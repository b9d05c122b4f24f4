"""What forms know of a setting, against pydantic's own validation of it."""

from itertools import chain

import pytest
from pydantic import BaseModel, ValidationError

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.own import OF_CONTENT
from playground.catalog.layers import LAYERS, Conv2d, Residual
from playground.catalog.losses import LOSSES, WeightedCrossEntropy
from playground.catalog.optimizers import OPTIMIZERS, Adam
from playground.catalog.schedules import SCHEDULES
from playground.spec import StopConditions, TrainingSettings
from playground.web.fields import Field, fields

MODELS: list[type[BaseModel]] = [*chain(LAYERS, DATASETS, AUGMENTATIONS, LOSSES, OPTIMIZERS, SCHEDULES), StopConditions, TrainingSettings]
CASES = [pytest.param(model, field, id=f"{model.__name__}.{field.name}") for model in MODELS for field in fields(model)]


def allowed(model: type[BaseModel], name: str, value: object) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError as error:
        return not any(each["loc"] == (name,) and each["type"] != "value_error" for each in error.errors())
    return True


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_has_a_widget(model: type[BaseModel]) -> None:
    nested = {"kind", "augmentations", "stop", "branch"} | ({"layers"} if model is Residual else set())
    of_content = {name for name, field in model.model_fields.items() if field.json_schema_extra == OF_CONTENT}
    assert {field.name for field in fields(model)} == model.model_fields.keys() - nested - of_content


@pytest.mark.parametrize(("model", "field"), CASES)
def test_bounds_are_those_that_validation_holds(model: type[BaseModel], field: Field) -> None:
    assert field.title
    assert field.help
    assert allowed(model, field.name, field.default)
    assert field.kind == "numbers" or allowed(model, field.name, field.word or None) == field.optional
    if field.kind == "choice":
        assert all(allowed(model, field.name, option) for option in field.options)
    if field.maximum is not None:
        assert not allowed(model, field.name, field.maximum + 1)
    if field.minimum is not None:
        assert allowed(model, field.name, int(field.minimum) if field.kind == "integer" else field.minimum) != field.above
        assert not allowed(model, field.name, field.minimum - 1)


STOPPING = [pytest.param(model, field, id=f"{model.__name__}.{field.name}") for model in MODELS for field in fields(model) if field.stops]


@pytest.mark.parametrize(("model", "field"), STOPPING)
def test_stops_go_from_bound_to_bound_and_spread_what_is_usual_over_the_slider(model: type[BaseModel], field: Field) -> None:
    assert list(field.stops) == sorted(set(field.stops))
    assert (field.stops[0], field.stops[-1]) == (field.minimum, field.maximum)
    assert all(allowed(model, field.name, stop) for stop in field.stops)
    assert 0.25 <= field.stops.index(field.default) / (len(field.stops) - 1) <= 0.75


def test_usual_values_of_augmentations_are_not_at_the_very_start_of_their_sliders() -> None:
    even = [field for model in AUGMENTATIONS for field in fields(model) if field.kind == "number" and not field.stops]
    assert all((field.default - (field.minimum or 0)) / field.span >= 0.2 for field in even)


def test_a_learning_rate_is_told_by_its_powers_of_ten() -> None:
    assert [field.name for field in fields(Adam) if field.logarithmic] == ["lr"]
    assert not any(field.logarithmic for field in fields(Conv2d))


def test_hints_carry_range_and_unit() -> None:
    kernel = next(field for field in fields(Conv2d) if field.name == "kernel")
    assert kernel.hint.endswith("(1 to 15 px)")
    seed = next(field for field in fields(TrainingSettings) if field.name == "seed")
    assert seed.hint.endswith("(0 to 2,147,483,647)"), "integers are written out"


def test_class_weights_are_a_word_or_numbers() -> None:
    (weights,) = fields(WeightedCrossEntropy)
    assert (weights.kind, weights.options, weights.default) == ("numbers", ("balanced",), "balanced")


def test_what_none_means_is_said() -> None:
    assert {field.name: field.none for field in fields(TrainingSettings) if field.optional} == {
        "threads": "auto",
        **dict.fromkeys(("clip_norm", "clip_value", "ema"), "off"),
    }
    assert {field.none for field in fields(StopConditions)} == {"never"}


@pytest.mark.parametrize("model", [*LAYERS], ids=lambda model: model.name())
def test_freezing_is_the_last_of_the_folded_settings(model: type[BaseModel]) -> None:
    folded = [field.name for field in fields(model) if field.advanced]
    assert "frozen" not in folded or folded[-1] == "frozen"


def test_layers_with_weights_can_be_frozen() -> None:
    assert {"dense", "conv2d", "output"} <= {model.name() for model in LAYERS if "frozen" in [field.name for field in fields(model)]}


def test_how_many_points_is_not_told_at_the_very_start_of_a_slider() -> None:
    counts = [field for model in DATASETS for field in fields(model) if field.name == "samples"]
    assert len(counts) >= 9
    assert all(field.stops or (field.default - (field.minimum or 0)) / field.span >= 0.1 for field in counts)


def test_no_limit_of_training_examples_means_all() -> None:
    assert {field.none for model in DATASETS for field in fields(model) if field.name == "train_size"} == {"all"}


@pytest.mark.parametrize(("model", "field"), [case for case in CASES if case.values[1].labels])
def test_labels_are_of_options_and_tell_them_apart(model: type[BaseModel], field: Field) -> None:
    assert {option for option, _ in field.labels} <= set(field.options)
    shown = [field.label(option) for option in field.options]
    assert len(set(shown)) == len(shown)
    assert not any("_" in label for label in shown)
