"""Networks that can draw only a straight line, on data that needs more."""

from collections.abc import Iterator

from playground.catalog.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Dropout2d,
    Features,
    Flatten,
    GaussianNoise,
    GlobalAvgPool2d,
    Identity,
    Layer,
    Output,
    Reshape,
    Tanh,
    ToSequence,
    Upsample,
)  # fmt: skip
from playground.catalog.tensors import TensorSpec
from playground.network.problems import Fix, Problem
from playground.paths import spliced
from playground.spec import ExperimentSpec

_LINEAR = (
    AdaptiveAvgPool2d, AvgPool2d, BatchNorm, Conv1d, Conv2d, ConvTranspose2d, Dense, Dropout, Dropout2d, Flatten, GaussianNoise,
    GlobalAvgPool2d, Identity, Output, Reshape, ToSequence, Upsample,
)  # fmt: skip
"""In evaluation mode, any chain of these computes a weighted sum of its inputs."""

_HIDDEN = (Dense(units=8), Tanh())
"""Enough for every dataset but the spiral."""


def check_straight_line(spec: ExperimentSpec) -> Iterator[Problem]:
    """Reports a network without a hidden layer on data that no straight line fits. Two linear layers in a row, and activations after the
    output layer, which do not bend a boundary, have separate notes."""
    ends = [index for index, layer in enumerate(spec.network) if isinstance(layer, Output | Dense)]
    if spec.data.linear or not ends:
        return
    path = f"network[{ends[-1]}]"
    before = spec.network[: ends[-1]]
    if not all(map(_keeps_lines, before)):
        return
    fix = Fix(f"Add a hidden layer with {_HIDDEN[1].spoken()}", spliced(spec, path, 0, *_HIDDEN))
    yield Problem(path, f"{_reason(spec)} A hidden layer with an activation bends it", severity="note", fix=fix)


def _keeps_lines(layer: Layer) -> bool:
    """Whether a straight line after it is one before it, and it is no hidden layer."""
    return layer.linear if isinstance(layer, Features) else isinstance(layer, _LINEAR) and not isinstance(layer, Dense)


def _reason(spec: ExperimentSpec) -> str:
    if spec.data.classes:
        return f"Without a hidden layer, the boundary is a straight line, and no straight line separates the classes of {spec.data.title}."
    drawn = "straight line" if spec.data.tensor == TensorSpec.vector(1) else "flat plane"
    return f"Without a hidden layer, the network can only fit a {drawn}, and {spec.data.title} is not one."
