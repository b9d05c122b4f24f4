"""How much there may be in a spec, counted in plain data before any of it is validated: a few kilobytes of a packed link unpack to
hundreds of thousands of layers, and validation would report what is wrong with each of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from annotated_types import MaxLen

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.layers import LAYERS
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.spec import MAX_FORMULA_CHARACTERS, MAX_LAYERS, ExperimentSpec, SpecError

MAX_VALUES = 10_000
"""Lists, objects, numbers and texts in all: twice as many as the largest network has with every setting given."""
MAX_NESTING = 40
"""Lists and objects in one another: more than twice as many as the deepest blocks need."""


def check_counts(data: Mapping[str, Any]) -> None:
    """data: a spec as plain data, of any version.

    Raises: SpecError naming the list that is too long, or saying that there is too much, or that it is nested too deeply."""
    waiting: list[tuple[str, str, object, int]] = [("", "", data, 1)]
    count = characters = 0
    while waiting:
        path, name, value, depth = waiting.pop()
        if not isinstance(value, Mapping | list | tuple):
            continue
        if depth > MAX_NESTING:
            raise SpecError("spec: nested too deeply")
        most = _longest_lists().get(name, MAX_VALUES) if name else MAX_LAYERS  # a list in a list is a branch
        if not isinstance(value, Mapping) and len(value) > most:
            raise SpecError(f"{path[:200]}: must have at most {most:,} entries, got {len(value):,}")
        count += len(value)
        if name == "formulas":
            characters += sum(len(formula) for formula in value if isinstance(formula, str))
            if characters > MAX_FORMULA_CHARACTERS:
                raise SpecError(f"spec: the formulas of a network have at most {MAX_FORMULA_CHARACTERS:,} characters in all")
        if count > MAX_VALUES:
            raise SpecError(f"spec: holds more than {MAX_VALUES:,} values, which no experiment needs")
        if isinstance(value, Mapping):
            waiting += [(f"{path}.{key}" if path else str(key), str(key), inner, depth + 1) for key, inner in value.items()]
        else:
            waiting += [(f"{path}[{index}]", "", inner, depth + 1) for index, inner in enumerate(value)]


@cache
def _longest_lists() -> dict[str, int]:
    """By the name of a setting that holds a list: how many entries it takes, as its field declares."""
    registries = (LAYERS, DATASETS, AUGMENTATIONS, LOSSES, OPTIMIZERS, SCHEDULES)
    longest: dict[str, int] = {}
    for model in (ExperimentSpec, *(variant for registry in registries for variant in registry)):
        for name, field in model.model_fields.items():
            for rule in field.metadata:
                if isinstance(rule, MaxLen):
                    longest[name] = max(rule.max_length, longest.get(name, 0))
    return longest
