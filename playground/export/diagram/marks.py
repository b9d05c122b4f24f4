"""What a picture is made of, before anybody paints it: marks with places in px from the upper left corner, and pieces of marks."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Ink = Literal["learns", "plain", "tensor", "frame", "join", "missing", "paper"]
"""What a shape is filled and outlined as."""
Tone = Literal["strong", "soft", "learned", "wrong"]
"""Of a text."""


@dataclass(frozen=True)
class Box:
    """A rectangle, with corners of that radius."""

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
    """A circle about (x, y)."""

    x: float
    y: float
    radius: float
    ink: Ink

    def moved(self, right: float, down: float) -> "Dot":
        return replace(self, x=self.x + right, y=self.y + down)


@dataclass(frozen=True)
class Wire:
    """A line through points. arrow: whether it ends in one."""

    points: tuple[tuple[float, float], ...]
    arrow: bool = False

    def moved(self, right: float, down: float) -> "Wire":
        return replace(self, points=tuple((x + right, y + down) for x, y in self.points))


@dataclass(frozen=True)
class Words:
    """One line of text: (x, y) is the middle of its height, at its start, middle or end."""

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
    """Marks with a size. axis: how far from the left data come in at the top and go out at the bottom."""

    width: float
    height: float
    axis: float
    marks: tuple[Mark, ...]

    def at(self, x: float, y: float) -> tuple[Mark, ...]:
        """The marks with the upper left corner there."""
        return tuple(mark.moved(x, y) for mark in self.marks)


def below_one_another(pieces: Iterable[Piece], gap: float) -> Piece:
    """One piece under the other, their axes in one line, with arrows over the gaps between them."""
    pieces = list(pieces)
    axis = max((piece.axis for piece in pieces), default=0.0)
    width = axis + max((piece.width - piece.axis for piece in pieces), default=0.0)
    marks: list[Mark] = []
    y = 0.0
    for place, piece in enumerate(pieces):
        if place:
            marks.append(Wire(((axis, y), (axis, y + gap)), arrow=True))
            y += gap
        marks += piece.at(axis - piece.axis, y)
        y += piece.height
    return Piece(width, y, axis, tuple(marks))


def plain(text: str) -> str:
    """On one line, without what does not show, turns the direction of writing, or may not stand in XML."""
    shown = "".join(each if each.isprintable() else " " for each in text if unicodedata.category(each) not in ("Cf", "Cs"))
    return " ".join(shown.split())


def width_of(text: str, size: float) -> float:
    """About how wide it will be, rather too much than too little: the picture is laid out before a font is known."""
    return size * sum(_width(each) for each in text)


def fitted(text: str, size: float, width: float) -> str:
    """As much of it as has room."""
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
