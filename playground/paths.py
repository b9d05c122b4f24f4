"""Places in a spec, as in `network[2].layers[0]`: what stands there, and the spec with something else there."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from playground.catalog.layers import Layer
from playground.spec import ExperimentSpec, SpecError

_STEP = re.compile(r"([a-z_0-9]+)|\[(\d{1,9})\]")
_PATH = re.compile(r"[a-z_0-9]+(\[\d{1,9}\])*(\.[a-z_0-9]+(\[\d{1,9}\])*)*")

Step = str | int


def steps(path: str) -> list[Step]:
    """`network[2].units` → ["network", 2, "units"]. Raises: SpecError if it is no path."""
    if len(path) > 200 or not _PATH.fullmatch(path):
        raise SpecError(f"{path[:80]}: there is no such place here")
    return [int(index) if index else name for name, index in _STEP.findall(path)]


def item(spec: ExperimentSpec, path: str) -> Any:
    """What stands at the place. Raises: SpecError if there is no such place."""
    found: Any = spec
    for step in steps(path):
        found = _inside(found, step, path)
    return found


def spliced(spec: ExperimentSpec, path: str, count: int, *items: Any) -> ExperimentSpec:
    """The spec with `items` in the place of `count` ones from the place on, which is in a list: 0 puts them before what stands there,
    and one place after the last is allowed. Not validated.

    Raises: SpecError if there is no such place."""
    *owners, index = steps(path)
    if not isinstance(index, int):
        raise SpecError(f"{path}: is no place in a list")
    changed: ExperimentSpec = _spliced(spec, owners, index, count, items, path)
    return changed


def split_path(path: str) -> tuple[str, int]:
    """`network[2].layers[0]` → ("network[2].layers", 0). Raises: SpecError if it is no place in a list."""
    if not isinstance(steps(path)[-1], int):
        raise SpecError(f"{path}: is no place in a list")
    owner, _, index = path.rpartition("[")
    return owner, int(index[:-1])


def levels(place: str) -> list[tuple[str, int]]:
    """The chains in which a layer lies, from the outside in, with its index in each: `network[2].branch[1][0]` →
    [("network", 2), ("network[2].branch[1]", 0)]. Raises: SpecError if it is no place in a list."""
    parts = place.split(".")
    return [split_path(".".join(parts[: depth + 1])) for depth in range(len(parts))]


def numbered(place: str) -> str:
    """The number of a layer for people, who count from 1: `network[2].layers[0]` → "3.1", `network[3].branch[1][0]` → "4.2.1".
    Raises: SpecError if it is no path."""
    return ".".join(str(step + 1) for step in steps(place) if isinstance(step, int))


def chains(spec: ExperimentSpec) -> Iterator[tuple[str, tuple[Layer, ...]]]:
    """Every chain of layers with its place, outer ones before inner ones: ("network", …), ("network[2].layers", …) …"""
    waiting: list[tuple[str, tuple[Layer, ...]]] = [("network", spec.network)]
    while waiting:
        place, layers = waiting.pop(0)
        yield place, layers
        for index, layer in enumerate(layers):
            waiting += [(f"{place}[{index}].{name}", inner) for name, inner in layer.branches()]


def layer_count(spec: ExperimentSpec) -> int:
    """How many layers there are, with those inside blocks."""
    return sum(len(layers) for _, layers in chains(spec))


def _spliced(owner: Any, owners: list[Step], index: int, count: int, items: tuple[Any, ...], path: str) -> Any:
    if owners:
        step, *rest = owners
        changed = _spliced(_inside(owner, step, path), rest, index, count, items, path)
        if isinstance(step, int):
            return (*owner[:step], changed, *owner[step + 1 :])
        return owner.model_copy(update={step: changed})
    if not isinstance(owner, tuple) or not 0 <= index <= len(owner) - count:
        raise SpecError(f"{path}: there is no such place")
    return (*owner[:index], *items, *owner[index + count :])


def _inside(owner: Any, step: Step, path: str) -> Any:
    if isinstance(step, int):
        if isinstance(owner, tuple) and step < len(owner):
            return owner[step]
    elif isinstance(owner, BaseModel) and step in type(owner).model_fields:
        return getattr(owner, step)
    raise SpecError(f"{path}: there is no such place")
