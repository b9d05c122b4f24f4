"""What is wrong with a spec, in plain words, with a one-click fix if there is one."""

from dataclasses import dataclass
from typing import Literal

from playground.catalog.layers import Layer
from playground.catalog.losses import Loss
from playground.catalog.tensors import TensorSpec
from playground.paths import item, spliced
from playground.spec import ExperimentSpec

Severity = Literal["error", "warning", "note"]
"""error: cannot run. warning: PyTorch runs it, but it is known to end badly. note: worth knowing."""


@dataclass(frozen=True)
class Fix:
    """An edit that a user can make with one click: its title, and the spec it leads to."""

    title: str
    spec: ExperimentSpec


@dataclass(frozen=True)
class Problem:
    """path: in the spec, such as "network[2]" or "loss". Only an error prevents training; the message of a warning says what to expect."""

    path: str
    message: str
    severity: Severity = "error"
    fix: Fix | None = None


def with_network(spec: ExperimentSpec, *layers: Layer) -> ExperimentSpec:
    """The spec with these layers as its network."""
    return spec.model_copy(update={"network": layers})


def with_loss(spec: ExperimentSpec, loss: Loss) -> ExperimentSpec:
    """The spec with another loss."""
    return spec.model_copy(update={"loss": loss})


def without(spec: ExperimentSpec, path: str, title: str | None = None) -> Fix:
    """The fix that removes the layer at a path such as "network[2]"."""
    layer: Layer = item(spec, path)
    return Fix(title or f"Remove the {layer.spoken()}{'' if layer.group == 'Block' else ' layer'}", spliced(spec, path, 1))


def inserted(spec: ExperimentSpec, path: str, layer: Layer, title: str) -> Fix:
    """The fix that inserts `layer` before the one at the path."""
    return Fix(title, spliced(spec, path, 0, layer))


def replaced(spec: ExperimentSpec, path: str, layer: Layer, title: str) -> Fix:
    """The fix that replaces the layer at the path with `layer`."""
    return Fix(title, spliced(spec, path, 1, layer))


def tensor_text(x: TensorSpec) -> str:
    """One example in words."""
    if x.vocabulary is not None:
        return f"{_counted(x.numbers, 'symbol')} from a vocabulary of {x.vocabulary}"
    if x.has("length"):
        return f"a sequence of {_counted(x.size('length'), 'step')} × {_counted(x.depth, 'feature')}"
    return f"a vector of {_counted(x.depth, 'number')}" if x.has("features") else f"maps of {x}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
