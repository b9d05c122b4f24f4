"""A network that can draw no more than a straight line, on data that need more."""

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
    Flatten,
    GaussianNoise,
    GlobalAvgPool2d,
    Identity,
    Output,
    Reshape,
    Tanh,
    ToSequence,
    Upsample,
)  # fmt: skip
from playground.network.problems import Fix, Problem
from playground.paths import spliced
from playground.spec import ExperimentSpec

_LINEAR = (
    AdaptiveAvgPool2d, AvgPool2d, BatchNorm, Conv1d, Conv2d, ConvTranspose2d, Dense, Dropout, Dropout2d, Flatten, GaussianNoise,
    GlobalAvgPool2d, Identity, Output, Reshape, ToSequence, Upsample,
)  # fmt: skip
"""In evaluation mode any number of them computes a weighted sum of the inputs."""

_HIDDEN = (Dense(units=8), Tanh())
"""Enough for all but the spiral."""


def check_straight_line(spec: ExperimentSpec) -> Iterator[Problem]:
    """An output layer directly on data for which no straight line will do. Two linear layers in a row have a note of their own, and so
    have activations after the output, which bend no boundary."""
    ends = [index for index, layer in enumerate(spec.network) if isinstance(layer, Output | Dense)]
    if spec.data.linear or not ends:
        return
    path = f"network[{ends[-1]}]"
    before = spec.network[: ends[-1]]
    if not all(isinstance(layer, _LINEAR) and not isinstance(layer, Dense) for layer in before):
        return
    fix = Fix(f"Add a hidden layer with {_HIDDEN[1].spoken()}", spliced(spec, path, 0, *_HIDDEN))
    yield Problem(path, f"{_reason(spec)} A hidden layer with an activation bends it", severity="note", fix=fix)


def _reason(spec: ExperimentSpec) -> str:
    if spec.data.classes:
        return f"Without a hidden layer the boundary is one straight line, and no straight line separates the classes of {spec.data.title}."
    drawn = "straight line" if spec.data.shape == (1,) else "flat plane"
    return f"Without a hidden layer the network can only fit a {drawn}, and {spec.data.title} is not one."
