"""Paths in a spec, such as `network[2].layers[0]`: reading the value at a path, and a spec with that value replaced."""

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
    """`network[2].units` → ["network", 2, "units"]. Raises: SpecError if it is not a valid path."""
    if len(path) > 200 or not _PATH.fullmatch(path):
        raise SpecError(f"{path[:80]}: not a valid path")
    return [int(index) if index else name for name, index in _STEP.findall(path)]


def item(spec: ExperimentSpec, path: str) -> Any:
    """The value at the path. Raises: SpecError if there is no such path."""
    value: Any = spec
    for step in steps(path):
        value = _inside(value, step, path)
    return value


def spliced(spec: ExperimentSpec, path: str, count: int, *items: Any) -> ExperimentSpec:
    """The spec with `count` list items, starting at the path, replaced by `items`. A count of 0 inserts before that index, which may be one
    past the end. Not validated.

    Raises: SpecError if there is no such path."""
    *owners, index = steps(path)
    if not isinstance(index, int):
        raise SpecError(f"{path}: not an item of a list")
    changed: ExperimentSpec = _spliced(spec, owners, index, count, items, path)
    return changed


def replaced(spec: ExperimentSpec, path: str, value: Any) -> ExperimentSpec:
    """The spec with another value at the path of a setting, which may have it. Raises: SpecError if there is no such path."""
    changed: ExperimentSpec = _replaced(spec, steps(path), value, path)
    return changed


def split_path(path: str) -> tuple[str, int]:
    """`network[2].layers[0]` → ("network[2].layers", 0). Raises: SpecError if it is not an item of a list."""
    if not isinstance(steps(path)[-1], int):
        raise SpecError(f"{path}: not an item of a list")
    owner, _, index = path.rpartition("[")
    return owner, int(index[:-1])


def levels(path: str) -> list[tuple[str, int]]:
    """The chains that contain a layer, from the outside in, with its index in each: `network[2].branch[1][0]` →
    [("network", 2), ("network[2].branch[1]", 0)]. Raises: SpecError if it is not an item of a list."""
    parts = path.split(".")
    return [split_path(".".join(parts[: depth + 1])) for depth in range(len(parts))]


def numbered(path: str) -> str:
    """The layer number shown to people, counting from 1: `network[2].layers[0]` → "3.1", `network[3].branch[1][0]` → "4.2.1".
    Raises: SpecError if it is not a valid path."""
    return ".".join(str(step + 1) for step in steps(path) if isinstance(step, int))


def chains(spec: ExperimentSpec) -> Iterator[tuple[str, tuple[Layer, ...]]]:
    """Every chain of layers with its path, outer chains before inner ones: ("network", …), ("network[2].layers", …) …"""
    waiting: list[tuple[str, tuple[Layer, ...]]] = [("network", spec.network)]
    while waiting:
        path, layers = waiting.pop(0)
        yield path, layers
        for index, layer in enumerate(layers):
            waiting += [(f"{path}[{index}].{name}", inner) for name, inner in layer.branches()]


def layers_in_order(spec: ExperimentSpec) -> Iterator[tuple[str, Layer]]:
    """Every layer with its path, a block before the layers inside it."""
    yield from _in_order("network", spec.network)


def _in_order(chain: str, layers: tuple[Layer, ...]) -> Iterator[tuple[str, Layer]]:
    for index, layer in enumerate(layers):
        path = f"{chain}[{index}]"
        yield path, layer
        for name, inner in layer.branches():
            yield from _in_order(f"{path}.{name}", inner)


def layer_count(spec: ExperimentSpec) -> int:
    """The number of layers, including those inside blocks."""
    return sum(len(layers) for _, layers in chains(spec))


def _spliced(owner: Any, owners: list[Step], index: int, count: int, items: tuple[Any, ...], path: str) -> Any:
    if owners:
        step, *rest = owners
        changed = _spliced(_inside(owner, step, path), rest, index, count, items, path)
        if isinstance(step, int):
            return (*owner[:step], changed, *owner[step + 1 :])
        return owner.model_copy(update={step: changed})
    if not isinstance(owner, tuple) or not 0 <= index <= len(owner) - count:
        raise SpecError(f"{path}: there is no such path")
    return (*owner[:index], *items, *owner[index + count :])


def _replaced(owner: Any, names: list[Step], value: Any, path: str) -> Any:
    step, *rest = names
    inner = _inside(owner, step, path)
    if rest:
        value = _replaced(inner, rest, value, path)
    elif isinstance(inner, int):
        value = int(value)
    if isinstance(step, int):
        return (*owner[:step], value, *owner[step + 1 :])
    return owner.model_copy(update={step: value})


def _inside(owner: Any, step: Step, path: str) -> Any:
    if isinstance(step, int):
        if isinstance(owner, tuple) and step < len(owner):
            return owner[step]
    elif isinstance(owner, BaseModel) and step in type(owner).model_fields:
        return getattr(owner, step)
    raise SpecError(f"{path}: there is no such path")
