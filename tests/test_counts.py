"""The lists of a spec: each has a length that is known before anything in it is validated."""

import json
import types
import typing
from typing import Any

import pytest
from pydantic import BaseModel

from playground.catalog.losses import WeightedCrossEntropy
from playground.counts import MAX_NESTING, MAX_VALUES, check_counts
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, SpecError, compact
from tests.contract.test_registries import KINDS

BY_HAND = [(WeightedCrossEntropy, "weights")]
"""Checked by a separate validator before they are read."""


def lists(model: type[BaseModel]) -> list[str]:
    """The fields of a model that hold lists."""
    return [name for name, field in model.model_fields.items() if _holds_list(field.annotation)]


def _holds_list(annotation: Any) -> bool:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return any(map(_holds_list, typing.get_args(annotation)))
    return typing.get_origin(annotation) in (tuple, list)


def with_list(name: str, length: int) -> dict[str, Any]:
    return {"data": {"kind": "mnist_sample"}, "loss": {"kind": "cross_entropy"}, "network": [], "other": {name: [{}] * length}}


@KINDS
def test_no_list_of_any_variant_is_longer_than_a_thousand(kind: type[BaseModel]) -> None:
    for name in lists(kind):
        if (kind, name) in BY_HAND:
            continue
        with pytest.raises(SpecError, match=rf"other.{name}: must have at most [\d,]+ entries, got 1,001"):
            check_counts(with_list(name, 1001))


def test_nor_is_any_of_the_spec() -> None:
    assert lists(ExperimentSpec) == ["network", "changes"]
    with pytest.raises(SpecError, match="network: must have at most 200 entries, got 201"):
        check_counts({**with_list("x", 0), "network": [{}] * 201})


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_far_from_the_limits(preset: str) -> None:
    """Ten times as many layers and settings would still be accepted."""
    plain = compact(PRESETS[preset].spec)
    check_counts({**plain, "others": [plain] * 9})
    assert json.dumps(plain).count(":") * 10 < MAX_VALUES


def test_there_is_a_limit_for_all_values_together() -> None:
    check_counts({f"k{number}": 0 for number in range(MAX_VALUES)})
    with pytest.raises(SpecError, match="holds more than 10,000 values"):
        check_counts({f"k{number}": 0 for number in range(MAX_VALUES + 1)})
    with pytest.raises(SpecError, match="holds more than 10,000 values"):
        parse_spec({**with_list("x", 0), "network": [{"kind": "residual", "layers": [{}] * 50}] * 200})


def test_there_is_one_for_nesting() -> None:
    value: dict[str, Any] = {}
    for _ in range(MAX_NESTING - 1):
        value = {"k": value}
    check_counts(value)
    with pytest.raises(SpecError, match="nested too deeply"):
        check_counts({"k": value})
