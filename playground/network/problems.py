"""What is wrong with a spec, in plain words, with a one-click remedy where there is one."""

from dataclasses import dataclass
from typing import Literal

from playground.catalog.layers import Layer
from playground.paths import item, spliced
from playground.spec import ExperimentSpec


@dataclass(frozen=True)
class Fix:
    """An edit that a user can take with one click: its name, and the spec that it leads to."""

    title: str
    spec: ExperimentSpec


@dataclass(frozen=True)
class Problem:
    """path: the place in the spec, as in "network[2]" or "loss". An error keeps the network from being trained; a note does not."""

    path: str
    message: str
    severity: Literal["error", "note"] = "error"
    fix: Fix | None = None


def with_network(spec: ExperimentSpec, *layers: Layer) -> ExperimentSpec:
    """The spec with these layers in the place of its own."""
    return spec.model_copy(update={"network": layers})


def without(spec: ExperimentSpec, place: str, title: str | None = None) -> Fix:
    """The remedy of removing the layer at a place such as "network[2]"."""
    return Fix(title or f"Remove the {item(spec, place).spoken()} layer", spliced(spec, place, 1))


def inserted(spec: ExperimentSpec, place: str, layer: Layer, title: str) -> Fix:
    """The remedy of putting `layer` before the one at the place."""
    return Fix(title, spliced(spec, place, 0, layer))


def replaced(spec: ExperimentSpec, place: str, layer: Layer, title: str) -> Fix:
    """The remedy of putting `layer` in the place of the one that stands there."""
    return Fix(title, spliced(spec, place, 1, layer))
