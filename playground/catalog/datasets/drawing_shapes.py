"""Draw a colored shape: sample its random properties, then draw it at four times the resolution and shrink it."""

import colorsys
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SHAPES = ("circle", "square", "triangle", "star", "cross", "ring")
COLORS = {"red": 0.0, "yellow": 0.15, "green": 0.36, "blue": 0.6, "pink": 0.87}
"""Hues, as fractions of the color wheel."""

FINER = 4
_LARGEST = 0.42
"""Largest radius of a shape, as a fraction of the image's side."""
_SMALLEST = 1 / 3
"""Smallest radius, as a fraction of the largest."""
_HUE_STRAY = 0.045
"""Largest deviation of the hue: less than half the distance to the next color."""
_THICK = 0.36
"""Half the width of a cross's arms, and the thickness of a ring, as fractions of the radius."""
_STAR_INNER = 0.45

Point = tuple[float, float]
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Mark:
    """Clutter: a line from start to end, or a dot if they are equal. Coordinates are fractions of the image's side."""

    start: Point
    end: Point
    color: Color


@dataclass(frozen=True)
class Sketch:
    """The contents of an image. center, radius: fractions of its side. angle: in radians."""

    shape: str
    center: Point
    radius: float
    angle: float
    color: Color
    background: Color
    marks: tuple[Mark, ...]

    @classmethod
    def at_random(
        cls, shape: str, color: str, rng: np.random.Generator, *, position: float, scale: float, turn: float, tint: float, clutter: int
    ) -> "Sketch":
        """A random sketch whose shape lies entirely inside the image. position, scale, tint: how much they vary, from 0 to 1. turn: in
        degrees."""
        radius = _LARGEST * (1 - scale * (1 - _SMALLEST) * rng.uniform())
        room = (0.5 - radius) * position
        center = (0.5 + rng.uniform(-room, room), 0.5 + rng.uniform(-room, room))
        hue = COLORS[color] + tint * _HUE_STRAY * rng.uniform(-1, 1)
        return cls(
            shape,
            center,
            radius,
            math.radians(turn) * rng.uniform(-1, 1),
            _color(hue, 0.85 - 0.35 * tint * rng.uniform(), 1 - 0.45 * tint * rng.uniform()),
            _color(rng.uniform(), 0.25 * tint * rng.uniform(), 0.1 + 0.3 * tint * rng.uniform()),
            tuple(_mark(rng) for _ in range(clutter)),
        )


def drawn(sketch: Sketch, size: int) -> NDArray[np.uint8]:
    """The image, uint8 (3, size, size), antialiased."""
    side = size * FINER
    image = Image.new("RGB", (side, side), sketch.background)
    pen = ImageDraw.Draw(image)
    _shape(pen, sketch, side)
    for mark in sketch.marks:
        _draw_mark(pen, mark, side)
    return np.ascontiguousarray(np.asarray(image.reduce(FINER)).transpose(2, 0, 1))


def _shape(pen: ImageDraw.ImageDraw, sketch: Sketch, side: int) -> None:
    (x, y), radius = sketch.center, sketch.radius
    match sketch.shape:
        case "circle" | "ring":
            pen.ellipse(_box(x, y, radius, side), sketch.color)
            if sketch.shape == "ring":
                pen.ellipse(_box(x, y, radius * (1 - _THICK), side), sketch.background)
        case "cross":
            for beam in (
                [(-1, -_THICK), (1, -_THICK), (1, _THICK), (-1, _THICK)],
                [(-_THICK, -1), (_THICK, -1), (_THICK, 1), (-_THICK, 1)],
            ):
                pen.polygon(_placed([(math.hypot(a, b), math.atan2(b, a)) for a, b in beam], sketch, side, 0.9), sketch.color)
        case _:
            pen.polygon(_placed(_corners(sketch.shape), sketch, side, 1.0), sketch.color)


def _corners(shape: str) -> list[tuple[float, float]]:
    """Radius, as a fraction of the shape's radius, and angle of each corner; −π/2 is up."""
    if shape == "star":
        return [(1.0 if corner % 2 == 0 else _STAR_INNER, -math.pi / 2 + corner * math.pi / 5) for corner in range(10)]
    count, first = (3, -math.pi / 2) if shape == "triangle" else (4, -math.pi / 4)
    return [(1.0, first + corner * 2 * math.pi / count) for corner in range(count)]


def _placed(corners: list[tuple[float, float]], sketch: Sketch, side: int, share: float) -> list[Point]:
    """Corners in pixels of the enlarged image."""
    (x, y), radius = sketch.center, sketch.radius * share
    return [
        ((x + far * radius * math.cos(angle + sketch.angle)) * side, (y + far * radius * math.sin(angle + sketch.angle)) * side)
        for far, angle in corners
    ]


def _draw_mark(pen: ImageDraw.ImageDraw, mark: Mark, side: int) -> None:
    thick = max(1, round(0.03 * side))
    if mark.start == mark.end:
        pen.ellipse(_box(*mark.start, 0.03, side), mark.color)
    else:
        pen.line([(x * side, y * side) for x, y in (mark.start, mark.end)], mark.color, thick)


def _mark(rng: np.random.Generator) -> Mark:
    """A gray dot, or a gray line about a fifth as long as the image is wide."""
    x, y, angle, length = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0, math.pi), rng.uniform(0.1, 0.3)
    gray = int(rng.integers(90, 200))
    end = (x, y) if rng.uniform() < 0.5 else (x + length * math.cos(angle), y + length * math.sin(angle))
    return Mark((x, y), end, (gray, gray, gray))


def _box(x: float, y: float, radius: float, side: int) -> tuple[float, float, float, float]:
    return (x - radius) * side, (y - radius) * side, (x + radius) * side, (y + radius) * side


def _color(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = (round(255 * each) for each in colorsys.hsv_to_rgb(hue % 1, saturation, value))
    return red, green, blue
