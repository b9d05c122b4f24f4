"""Tensors to scale: maps as stacked squares, sequences as stacked bars, vectors as bars, short vectors as dots."""

import math

from playground.catalog.tensors import VECTOR, TensorSpec
from playground.export.diagram.marks import Box, Dot, Mark, Piece, Words, width_of

_DOTS = 10
_SHEETS = 6
_SHIFT = 3.0
_LABEL = 11.0
_BAR = 9.0


def tensor(x: TensorSpec) -> Piece:
    """A tensor with its shape beside it, to the same scale in every diagram.

    The side of a map is 8 px times the square root of its pixels. A vector or sequence is 14 px longer, and a stack has one more
    sheet, for each doubling of its length, channels or features."""
    marks, width, height = _drawn(x)
    label = str(x)
    words = Words(width + 7, height / 2, label, _LABEL)
    return Piece(width + 7 + width_of(label, _LABEL), height, width / 2, (*marks, words))


def _drawn(x: TensorSpec) -> tuple[list[Mark], float, float]:
    """Marks, width and height."""
    if x.names == VECTOR and x.depth <= _DOTS:
        step = 11.0
        return [Dot(step * (index + 0.5), step / 2, 4.0, "tensor") for index in range(x.depth)], step * x.depth, step
    if x.names == VECTOR:
        width = _length(x.depth)
        return [Box(0, 0, width, _BAR, "tensor", 2)], width, _BAR
    wide, high = (_length(x.size("length")), _BAR) if x.has("length") else (_side(x.size("width")), _side(x.size("height")))
    sheets = min(_SHEETS, 1 + round(math.log2(x.depth)))
    spread = _SHIFT * (sheets - 1)
    stack: list[Mark] = [Box(_SHIFT * index, _SHIFT * index, wide, high, "tensor", 1.5) for index in range(sheets)]
    return stack, wide + spread, high + spread


def _length(numbers: int) -> float:
    return 20 + 14 * math.log2(numbers)


def _side(pixels: int) -> float:
    return min(150.0, max(5.0, 8 * math.sqrt(pixels)))
