"""The marks of a diagram, with positions in px from the upper left corner, and pieces made of marks."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Ink = Literal["learns", "plain", "tensor", "frame", "join", "missing", "paper"]
"""The meaning of the fill and outline of a shape."""
Tone = Literal["strong", "soft", "learned", "wrong"]
"""The meaning of the color of a text."""


@dataclass(frozen=True)
class Box:
    """A rectangle. radius: of its corners."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink
    radius: float = 0.0

    def moved(self, right: float, down: float) -> "Box":
        return replace(self, x=self.x + right, y=self.y + down)


@dataclass(frozen=True)
class Dot:
    """A circle with center (x, y)."""

    x: float
    y: float
    radius: float
    ink: Ink

    def moved(self, right: float, down: float) -> "Dot":
        return replace(self, x=self.x + right, y=self.y + down)


@dataclass(frozen=True)
class Wire:
    """A line through points. arrow: whether it ends in an arrow."""

    points: tuple[tuple[float, float], ...]
    arrow: bool = False

    def moved(self, right: float, down: float) -> "Wire":
        return replace(self, points=tuple((x + right, y + down) for x, y in self.points))


@dataclass(frozen=True)
class Words:
    """One line of text. (x, y): at half its height, at its start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    tone: Tone = "soft"
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False

    def moved(self, right: float, down: float) -> "Words":
        return replace(self, x=self.x + right, y=self.y + down)


Mark = Box | Dot | Wire | Words


@dataclass(frozen=True)
class Piece:
    """Marks with a size. axis: x of the data flow, which enters at the top and leaves at the bottom."""

    width: float
    height: float
    axis: float
    marks: tuple[Mark, ...]

    def at(self, x: float, y: float) -> tuple[Mark, ...]:
        """The marks, moved so that the upper left corner is at (x, y)."""
        return tuple(mark.moved(x, y) for mark in self.marks)


def stacked(pieces: Iterable[Piece], gap: float) -> Piece:
    """The pieces from top to bottom with aligned axes, and arrows in the gaps between them."""
    pieces = list(pieces)
    axis = max((piece.axis for piece in pieces), default=0.0)
    width = axis + max((piece.width - piece.axis for piece in pieces), default=0.0)
    marks: list[Mark] = []
    y = 0.0
    for index, piece in enumerate(pieces):
        if index:
            marks.append(Wire(((axis, y), (axis, y + gap)), arrow=True))
            y += gap
        marks += piece.at(axis - piece.axis, y)
        y += piece.height
    return Piece(width, y, axis, tuple(marks))


def plain(text: str) -> str:
    """The text on one line, without characters that are invisible, change the text direction, or are not allowed in XML."""
    printable = "".join(
        character if character.isprintable() else " " for character in text if unicodedata.category(character) not in ("Cf", "Cs")
    )
    return " ".join(printable.split())


def width_of(text: str, size: float) -> float:
    """An upper estimate of the width, as the font is not known at layout time."""
    return size * sum(map(_width, text))


def fitted(text: str, size: float, width: float) -> str:
    """The text, shortened to the width."""
    text = plain(text)
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in "ijlI.,:;|!' ":
        return 0.36
    return 0.92 if character in "mwMW@%—" else 0.72 if character.isupper() else 0.62
