"""What the picture of a network shows: which layers are one column of it, and which numbers of each."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import Attention, Conv1d, Conv2d, ConvTranspose2d, Dense, Flatten, Identity, Layer, Output, TransformerBlock
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, TensorSpec
from playground.network import Row, trace
from playground.spec import ExperimentSpec
from playground.training.views.base import Slice

GRID = 16
"""Points per side at which units are drawn over a plane."""
LINE = 48
"""Points at which they are drawn over a line."""
EXAMPLES = 12
"""At most this many test examples at which they are drawn otherwise."""

MOST_NUMBERS = 48_000
"""In one picture: 192 kB."""
MOST_COLUMNS = 24
"""Of a longer network, the first and the last half of them are shown."""
MOST_UNITS, MOST_MAPS, MOST_FEATURES, MOST_STEPS, MOST_HEADS = 32, 16, 32, 64, 4
MOST_SIDE = 32
"""Larger maps are averaged down to this side."""
MOST_INPUTS = 8
"""Kernels are shown for the first of a convolution's inputs."""
_FEWER = (32, 24, 16, 12, 8, 6, 4, 3, 2, 1)
"""Units of a column, tried one after the other until the picture is small enough."""

_MOST_TITLES = 6

INPUT = "input"
"""The path of the network's input."""
Convolution = Conv1d | Conv2d | ConvTranspose2d
_JOINS = ("Activation", "Normalization", "Regularization")
"""Groups of layers that are shown in the column of the layer before them, which then shows their output."""


@dataclass(frozen=True)
class Column:
    """A column of the picture: a layer, and those after it that change its numbers one by one or not at all.

    path: of the first of them; layers: how many they are; titles: theirs. module: the index of the module whose output is shown, None for
    the network's input. tensor: that output. weighted: the index of the module whose weights are shown, None for none. whole, shape: of the
    output, all of it and what is shown: (units, rows, columns); of a sequence, (1, features, steps).
    weights: what is shown of them: "weight" (units, inputs), where the inputs are the units of the column before; "image" (units, height,
    width), where they are the pixels of the input; "kernel" (units, inputs, height, width); "" for none. weights_shape: that shape.
    has_bias: whether its units have one. names: of the units that are shown, () if they have none.
    observed: what is shown of the module instead of its output, one of its layer's `observes`; "" for the output."""

    path: str
    titles: tuple[str, ...]
    tensor: TensorSpec
    module: int | None = None
    layers: int = 1
    weighted: int | None = None
    whole: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()
    weights: str = ""
    weights_shape: tuple[int, ...] = ()
    has_bias: bool = False
    names: tuple[str, ...] = ()
    observed: str = ""

    @property
    def responds(self) -> bool:
        """Whether it consists of single units, so that each can be shown for all inputs; otherwise it is shown for one example."""
        return self.tensor.names == VECTOR

    @property
    def drawn(self) -> str:
        """How the page draws its output."""
        if self.observed == "attention":
            return "heads"
        return {VECTOR: "units", IMAGE: "maps", SEQUENCE: "steps"}.get(self.tensor.names, "symbols")

    @property
    def slices(self) -> tuple[Slice, ...]:
        """Its numbers, in order."""
        slices = [Slice(self.path, self.drawn, self.shape, self.whole, self.titles[:_MOST_TITLES], self.names, self.layers)]
        if self.weights:
            slices.append(Slice(self.path, self.weights, self.weights_shape))
        if self.has_bias:
            slices.append(Slice(self.path, "bias", (self.units,)))
        return tuple(slices)

    @property
    def units(self) -> int:
        """How many units, maps or features are shown."""
        return self.shape[_units_axis(self.tensor)]

    @property
    def numbers(self) -> int:
        return sum(math.prod(each.shape) for each in self.slices)


@lru_cache(maxsize=64)
def columns(spec: ExperimentSpec) -> tuple[Column, ...]:
    """The picture of a network, from left to right, bounded whatever the network; () for one that cannot be built. The input is the first
    column."""
    if not trace(spec).ok:
        return ()
    joined = _joined(spec)
    if len(joined) > MOST_COLUMNS:
        joined = joined[: MOST_COLUMNS // 2] + joined[-MOST_COLUMNS // 2 :]
    for units in _FEWER:
        sized = _sized(spec, joined, units)
        if sum(column.numbers for column in sized) <= MOST_NUMBERS:
            break
    return sized


def _joined(spec: ExperimentSpec) -> list[Column]:
    """Which layers share a column, without sizes."""
    traced = trace(spec)
    found = [Column(INPUT, ("Input",), traced.input, None, 0, names=spec.data.feature_names)]
    for layer, row in zip(spec.network, traced.rows, strict=True):
        last = found[-1]
        if _keeps_numbers(layer):
            found[-1] = replace(last, layers=last.layers + 1, titles=(*last.titles, layer.title))
        elif layer.group in _JOINS and last.module is not None and row.tensor_in == row.tensor_out == last.tensor:
            found[-1] = replace(last, layers=last.layers + 1, titles=(*last.titles, layer.title), module=row.index)
        else:
            found += _inside(layer, row)
            weighted = row.index if isinstance(layer, Dense | Output | Convolution) else None
            found.append(Column(row.path, (layer.title,), row.tensor_out, row.index, 1, weighted, names=layer.output_names))
    return found


def _inside(layer: Layer, row: Row) -> list[Column]:
    """What is shown inside a layer, in a column before that of its output: what its heads attend to, or its states after each step."""
    if isinstance(layer, Attention | TransformerBlock):
        length = row.tensor_in.size("length")
        maps = TensorSpec.image(layer.heads, length, length)
        return [Column(row.path, (layer.title, "attention"), maps, row.index, 0, observed="attention")]
    if "hidden" in layer.observes and row.tensor_out.names == VECTOR:
        states = TensorSpec.sequence(row.tensor_in.size("length"), row.tensor_out.depth)
        return [Column(row.path, (layer.title, "states"), states, row.index, 0, observed="hidden")]
    return []


def _keeps_numbers(layer: Layer) -> bool:
    """Whether its output has the numbers of its input, in evaluation mode."""
    return layer.group == "Regularization" or isinstance(layer, Flatten | Identity)


def _sized(spec: ExperimentSpec, joined: list[Column], units: int) -> tuple[Column, ...]:
    """The columns with at most so many units each."""
    rows = {row.index: row for row in trace(spec).rows}
    sized: list[Column] = []
    for column in joined:
        row = None if column.weighted is None else rows[column.weighted]
        most = min(units, MOST_MAPS) if row is not None and _reads_pixels(row, sized[-1]) else units
        most = min(units, MOST_HEADS) if column.observed == "attention" else most
        whole, shape = _output(spec.data, column.tensor, most)
        column = replace(column, whole=whole, shape=shape)
        column = replace(column, names=column.names[: column.units])
        if row is not None:
            layer = spec.network[row.index]
            before = sized[-1] if row.index == _next(sized[-1]) else None
            weights, weights_shape = _weights(layer, row, column.units, before, units)
            column = replace(column, weights=weights, weights_shape=weights_shape, has_bias=bool(getattr(layer, "bias", False)))
        sized.append(column)
    last = sized[-1]
    if last.whole[_units_axis(last.tensor)] == len(spec.data.classes):
        sized[-1] = replace(last, names=spec.data.classes[: last.units])
    return tuple(sized)


def _next(column: Column) -> int:
    """The index of the layer after a column."""
    return column.layers if column.path == INPUT else int(column.path.removeprefix("network[").removesuffix("]")) + column.layers


def _output(data: Dataset, tensor: TensorSpec, units: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of a column's output, whole and as far as it is shown."""
    match tensor.names:
        case ("features",):
            seen = {"plane": (GRID, GRID), "line": (1, LINE)}.get(data.encoding.domain or "", (1, len(probe_labels(data))))
            return (tensor.depth, *seen), (min(units, MOST_UNITS, tensor.depth), *seen)
        case ("channels", "height", "width"):
            channels, height, width = tensor.sizes
            return tensor.sizes, (min(units, MOST_MAPS, channels), min(MOST_SIDE, height), min(MOST_SIDE, width))
        case ("length", "features"):
            length, features = tensor.sizes
            return (1, features, length), (1, min(units, MOST_FEATURES, features), min(MOST_STEPS, length))
        case _:
            return (1, 1, tensor.numbers), (1, 1, min(MOST_STEPS, tensor.numbers))


def _weights(layer: Layer, row: Row, units: int, before: Column | None, most: int) -> tuple[str, tuple[int, ...]]:
    """Which weights of a layer are shown, and their shape. before: the column of its input; None if that is not shown.
    most: kernels are shown for at most so many inputs."""
    x = row.tensor_in
    if isinstance(layer, Convolution):
        return "kernel", (units, min(MOST_INPUTS, most, x.depth), layer.kernel if x.names == IMAGE else 1, layer.kernel)
    if before is None or x.names != VECTOR:
        return "", ()
    if before.tensor == x:
        return "weight", (units, before.shape[0])
    return ("image", (units, *before.shape[1:])) if _reads_pixels(row, before) else ("", ())


def _reads_pixels(row: Row, before: Column) -> bool:
    """Whether a layer after this column reads an image, the network's input, as a vector."""
    return before.module is None and before.tensor.names == IMAGE and row.tensor_in.names == VECTOR and row.index == _next(before)


def _units_axis(tensor: TensorSpec) -> int:
    """The axis of a column's shape that counts its units; the features of a sequence are the rows of one map."""
    return 1 if tensor.names == SEQUENCE else 0


def probe_labels(data: Dataset) -> tuple[str, ...]:
    """What the examples are at which units are shown, where they are not shown over a plane or a line: equally many of each class, or the
    first ones."""
    if data.classes and not data.task.per_step and len(data.classes) <= EXAMPLES:
        return tuple(label for label in data.classes for _ in range(EXAMPLES // len(data.classes)))
    return tuple(f"test example {number + 1}" for number in range(EXAMPLES))
