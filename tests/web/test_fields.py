"""What forms know of a setting, against pydantic's own validation of it."""

from itertools import chain

import pytest
from pydantic import BaseModel, ValidationError

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.layers import LAYERS, Conv2d
from playground.catalog.losses import LOSSES
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
    nested = {"kind", "augmentations", "stop", "layers", "branch"}
    assert {field.name for field in fields(model)} == model.model_fields.keys() - nested


@pytest.mark.parametrize(("model", "field"), CASES)
def test_bounds_are_those_that_validation_holds(model: type[BaseModel], field: Field) -> None:
    assert field.title
    assert field.help
    assert allowed(model, field.name, field.default)
    assert allowed(model, field.name, None) == field.optional
    if field.kind == "choice":
        assert all(allowed(model, field.name, option) for option in field.options)
    if field.maximum is not None:
        assert not allowed(model, field.name, field.maximum + 1)
    if field.minimum is not None:
        assert allowed(model, field.name, int(field.minimum) if field.kind == "integer" else field.minimum) != field.above
        assert not allowed(model, field.name, field.minimum - 1)


def test_a_learning_rate_is_told_by_its_powers_of_ten() -> None:
    assert [field.name for field in fields(Adam) if field.logarithmic] == ["lr"]
    assert not any(field.logarithmic for field in fields(Conv2d))


def test_hints_carry_range_and_unit() -> None:
    kernel = next(field for field in fields(Conv2d) if field.name == "kernel")
    assert kernel.hint.endswith("(1 to 15 px)")
