"""The layout of a diagram, from top to bottom: layers as cards, tensors to scale between them, blocks with their branches side by side.

`svg.py` and `png.py` draw the same marks."""

import math
from dataclasses import dataclass

from playground.catalog.layers import Layer, Parallel, Residual
from playground.catalog.tensors import VECTOR, TensorSpec
from playground.export.diagram.marks import Box, Dot, Ink, Mark, Piece, Wire, Words, fitted, stacked, width_of
from playground.export.diagram.tensors import tensor
from playground.export.wording import settings_of
from playground.network import Row, trace
from playground.paths import chains, layer_count
from playground.spec import ExperimentSpec

GAP = 16.0
_MARGIN, _BESIDE = 24.0, 34.0
_CARD, _PAD = 264.0, 10.0
_SCALE = "Tensors are to scale: the square root of the side for maps, the logarithm of the length for vectors"
_ONE_COLUMN = 1000.0
_WIDER_THAN_HIGH = 1.3


@dataclass(frozen=True)
class Diagram:
    """Marks on a white background. title: describes the diagram."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    title: str


def diagram(spec: ExperimentSpec) -> Diagram:
    """The network of a spec. Layers with errors, and those after them, have a dashed outline and no shapes."""
    drawing = _Drawing(spec)
    columns = _in_columns(drawing.network())
    counts = f"{_counted(layer_count(spec), 'layer')}, {_counted(drawing.parameters, 'parameter')}"
    width = max(columns.width, width_of(_SCALE, 11))
    head = [
        Words(_MARGIN, _MARGIN + 8, fitted(_named(spec), 15, width), 15, "strong", bold=True),
        Words(_MARGIN, _MARGIN + 28, counts, 11),
    ]
    top = _MARGIN + 52
    foot = top + columns.height + 26
    body = columns.at(_MARGIN + (width - columns.width) / 2, top)
    return Diagram(width + 2 * _MARGIN, foot + 2 * _MARGIN, (*head, *body, *_legend(foot, drawing.broken)), f"{_named(spec)}: {counts}")


def _named(spec: ExperimentSpec) -> str:
    called = getattr(spec.data, "called", "")
    return f"{spec.data.title} “{called}”" if called else spec.data.title


class _Drawing:
    """The layers of one spec, with the results of its trace."""

    def __init__(self, spec: ExperimentSpec) -> None:
        traced = trace(spec)
        self._spec = spec
        self._rows = {row.path: row for row in traced.in_order()}
        self._broken = {problem.path for problem in traced.problems if problem.severity == "error"}
        self.parameters = traced.parameters
        self.broken = not all(path in self._rows for path in _paths(spec))

    def network(self) -> list[Piece]:
        """The pieces from top to bottom."""
        x = self._spec.data.tensor
        pieces = [tensor(x), *self._chain("network", self._spec.network, x)]
        names = ", ".join(self._spec.data.classes) or self._spec.data.target_title
        count = len(self._spec.data.classes)
        text = fitted(f"{count} classes: {names}" if count else names, 11, _CARD)
        width = width_of(text, 11)
        return [*pieces, Piece(width, 14, width / 2, (Words(width / 2, 8, text, 11, "strong", "middle"),))]

    def _chain(self, chain: str, layers: tuple[Layer, ...], x: TensorSpec | None) -> list[Piece]:
        """Cards and blocks, each followed by its output tensor if the shape changes."""
        pieces = []
        for index, layer in enumerate(layers):
            path = f"{chain}[{index}]"
            row = self._rows.get(path)
            after = row.tensor_out if row else None
            pieces.append(self._layer(path, layer, row, x))
            if after is not None and after != x:
                pieces.append(tensor(after))
            x = after
        return pieces

    def _layer(self, path: str, layer: Layer, row: Row | None, x: TensorSpec | None) -> Piece:
        if isinstance(layer, Residual):
            return self._residual(path, layer, row, x)
        return self._parallel(path, layer, x) if isinstance(layer, Parallel) else _card(layer, row, path in self._broken)

    def _residual(self, path: str, layer: Residual, row: Row | None, x: TensorSpec | None) -> Piece:
        """Its layers, with the shortcut on the right."""
        body = self._chain(f"{path}.layers", layer.layers, x)
        inner = stacked([_point(), *body, _joined("+")], GAP)
        changes = row is not None and row.tensor_in != row.tensor_out
        shortcut = ("dense" if x is not None and x.names == VECTOR else "1×1 convolution") if changes else "unchanged"
        right, low = inner.width + 18, inner.height - 9
        wire = Wire(((inner.axis, 2), (right, 2), (right, low), (inner.axis + 10, low)), arrow=True)
        label = Words(right + 6, inner.height / 2, shortcut, 11)
        return _framed(layer.title, Piece(right + 6 + width_of(shortcut, 11), inner.height, inner.axis, (*inner.marks, wire, label)))

    def _parallel(self, path: str, layer: Parallel, before: TensorSpec | None) -> Piece:
        """Its branches side by side, between the lines where they split and join."""
        sides = [
            stacked(self._chain(f"{path}.branch[{index}]", chain, before) or [_wire_through()], GAP)
            for index, chain in enumerate(layer.branch)
        ]
        high = max(side.height for side in sides)
        marks: list[Mark] = []
        axes, x = [], 0.0
        for side in sides:
            axis = x + side.axis
            axes.append(axis)
            marks += side.at(x, 2 * GAP)
            marks.append(Wire(((axis, GAP), (axis, 2 * GAP)), arrow=True))
            marks.append(Wire(((axis, 2 * GAP + side.height), (axis, 3 * GAP + high))))
            x += side.width + 18
        axis = (axes[0] + axes[-1]) / 2
        top, bottom = GAP, 3 * GAP + high
        marks += [Wire(((axis, 0), (axis, top))), Wire(((axes[0], top), (axes[-1], top)))]
        marks += [Wire(((axes[0], bottom), (axes[-1], bottom))), Wire(((axis, bottom), (axis, bottom + GAP)), arrow=True)]
        node = _joined("+" if layer.join == "add" else f"join {'channels' if before is None or before.has('channels') else 'features'}")
        marks += node.at(axis - node.axis, bottom + GAP)
        width = max(x - 18, axis + node.width - node.axis)
        shift = max(0.0, node.axis - axis)
        whole = Piece(width + shift, bottom + GAP + node.height, axis + shift, tuple(mark.moved(shift, 0) for mark in marks))
        return _framed(layer.title, whole)


def _paths(spec: ExperimentSpec) -> list[str]:
    return [f"{chain}[{index}]" for chain, layers in chains(spec) for index in range(len(layers))]


def _card(layer: Layer, row: Row | None, broken: bool) -> Piece:
    """A layer: its name, number of parameters, first two settings and changed settings."""
    state = "" if row is not None else "has an error" if broken else "not reached"
    details = state or _settings(layer)
    height = 40.0 if details else 26.0
    learns = row is not None and row.parameters > 0
    count = f"{row.parameters:,}" if row is not None and learns else ""
    room = _CARD - 2 * _PAD - width_of(count, 11) - 8
    middle = 13.0 if details else height / 2
    marks: list[Mark] = [
        Box(0, 0, _CARD, height, "missing" if row is None else "learns" if learns else "plain", 6),
        Words(_PAD, middle, fitted(layer.title, 13, room), 13, "strong", bold=True),
    ]
    if count:
        marks.append(Words(_CARD - _PAD, middle, count, 11, "learned", "end"))
    if details:
        marks.append(Words(_PAD, 28, fitted(details, 11, _CARD - 2 * _PAD), 11, "wrong" if state else "soft"))
    return Piece(_CARD, height, _CARD / 2, tuple(marks))


def _settings(layer: Layer) -> str:
    changed = settings_of(layer, changed=True)
    first = [setting for index, setting in enumerate(settings_of(layer)) if index < 2 or setting in changed]
    return " · ".join(f"{title} {value}" for title, value in [*first, *(setting for setting in changed if setting not in first)])


def _framed(title: str, inside: Piece) -> Piece:
    """A titled frame around a block. If the title is in the way of the incoming wire, only the end of the wire is drawn."""
    pad, head = 14.0, 22.0
    width = max(inside.width, width_of(title, 11)) + 2 * pad
    marks = (
        Box(0, 0, width, inside.height + head + pad, "frame", 8),
        Words(pad, 12, title, 11, "strong", bold=True),
        Wire(((pad + inside.axis, 0 if inside.axis > width_of(title, 11) + 8 else head - 3), (pad + inside.axis, head))),
        *inside.at(pad, head),
        Wire(((pad + inside.axis, head + inside.height), (pad + inside.axis, head + inside.height + pad))),
    )
    return Piece(width, inside.height + head + pad, pad + inside.axis, marks)


def _joined(sign: str) -> Piece:
    """The point where branches join: a sign in a circle, or words in a box."""
    if len(sign) == 1:
        return Piece(18, 18, 9, (Dot(9, 9, 9, "join"), Words(9, 9, sign, 13, "strong", "middle", bold=True)))
    width = width_of(sign, 11) + 16
    return Piece(width, 20, width / 2, (Box(0, 0, width, 20, "join", 10), Words(width / 2, 10, sign, 11, "strong", "middle")))


def _point() -> Piece:
    """The point where branches split."""
    return Piece(4, 4, 2, (Dot(2, 2, 2, "join"),))


def _wire_through() -> Piece:
    """A branch without layers."""
    words = "unchanged"
    width = width_of(words, 11)
    return Piece(width, 20, width / 2, (Words(width / 2, 10, words, 11, "soft", "middle"),))


def _in_columns(pieces: list[Piece]) -> Piece:
    """The pieces in one column, or in several for a long network, so that it fits a page."""
    whole = stacked(pieces, GAP)
    if whole.height <= _ONE_COLUMN:
        return whole
    count = max(1, round(math.sqrt(whole.height * _WIDER_THAN_HIGH / (whole.width + _BESIDE))))
    least, most = whole.height / count, whole.height
    while most - least > 1:  # the smallest height for this number of columns
        middle = (least + most) / 2
        least, most = (least, middle) if len(_filled(pieces, middle)) <= count else (middle, most)
    return _side_by_side([stacked(column, GAP) for column in _filled(pieces, most)])


def _filled(pieces: list[Piece], height: float) -> list[list[Piece]]:
    """Columns filled in turn up to this height; a taller piece has its own column."""
    columns: list[list[Piece]] = [[]]
    used = 0.0
    for piece in pieces:
        if columns[-1] and used + piece.height > height:
            columns.append([])
            used = 0.0
        columns[-1].append(piece)
        used += piece.height + GAP
    return columns


def _side_by_side(columns: list[Piece]) -> Piece:
    """Columns from left to right, with a wire from the end of each to the start of the next."""
    head = 18.0
    marks: list[Mark] = []
    x = 0.0
    height = max(column.height for column in columns)
    for index, column in enumerate(columns):
        marks += column.at(x, head)
        foot = head + column.height
        if index + 1 < len(columns):
            gutter = x + column.width + _BESIDE / 2
            entry = x + column.width + _BESIDE + columns[index + 1].axis
            out = x + column.axis
            marks.append(Wire(((out, foot), (out, foot + 10), (gutter, foot + 10), (gutter, 4), (entry, 4), (entry, head)), arrow=True))
        x += column.width + _BESIDE
    return Piece(x - _BESIDE, height + head + 12, columns[0].axis, tuple(marks))


def _legend(y: float, broken: bool) -> list[Mark]:
    """The legend of the colors and the scale."""
    marks: list[Mark] = []
    x = _MARGIN
    entries: list[tuple[Ink, str]] = [("learns", "with parameters"), ("plain", "without parameters")]
    for ink, text in [*entries, ("missing", "error")] if broken else entries:
        marks += [Box(x, y, 14, 12, ink, 3), Words(x + 20, y + 6, text, 11)]
        x += 20 + width_of(text, 11) + 14
    marks.append(Words(_MARGIN, y + 24, _SCALE, 11))
    return marks


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
