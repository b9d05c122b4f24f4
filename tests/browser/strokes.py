"""Ten digits as a person draws them with a mouse: plain data, and the path of the mouse over a canvas."""

from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians, sin
from typing import Any

from playwright.sync_api import Locator, Page

Point = tuple[float, float]
Stroke = tuple[Point, ...]


def _arc(x: float, y: float, width: float, height: float, start: float, end: float, parts: int = 24) -> Stroke:
    """An arc of the ellipse around (x, y) with these half axes, from one angle to another, in degrees; 0 is right, 90 is down."""
    angles = [radians(start + (end - start) * i / parts) for i in range(parts + 1)]
    return tuple((x + width * cos(angle), y + height * sin(angle)) for angle in angles)


DIGITS: dict[str, tuple[Stroke, ...]] = {
    "0": (_arc(0.5, 0.5, 0.21, 0.31, -80, 275),),
    "1": (((0.46, 0.25), (0.53, 0.18), (0.50, 0.82)),),
    "2": ((*_arc(0.49, 0.35, 0.19, 0.16, -165, 35), (0.50, 0.62), (0.30, 0.80), (0.74, 0.80)),),
    "3": ((*_arc(0.47, 0.34, 0.17, 0.15, -150, 85), *_arc(0.47, 0.645, 0.20, 0.165, -85, 150)),),
    "4": (((0.36, 0.20), (0.29, 0.54), (0.72, 0.54)), ((0.62, 0.22), (0.60, 0.84))),
    "5": (((0.66, 0.20), (0.38, 0.20), (0.35, 0.46), *_arc(0.47, 0.62, 0.19, 0.19, -115, 140)),),
    "6": (((0.60, 0.18), (0.46, 0.32), (0.37, 0.50), *_arc(0.50, 0.65, 0.15, 0.16, 175, -185)),),
    "7": (((0.28, 0.22), (0.70, 0.22), (0.58, 0.48), (0.46, 0.83)),),
    "8": ((*_arc(0.50, 0.34, 0.14, 0.15, -40, -270), *_arc(0.50, 0.655, 0.17, 0.165, -90, 270), *_arc(0.50, 0.34, 0.14, 0.15, 90, -50)),),
    "9": (_arc(0.49, 0.37, 0.16, 0.17, -20, -350), ((0.655, 0.34), (0.64, 0.58), (0.58, 0.84))),
}
"""The strokes of each digit. Points are fractions of the canvas: (0, 0) is its upper left corner, (1, 1) its lower right."""


GAP = 12.0
"""Distance between two positions reported by a fast mouse, in px."""


def mouse_path(stroke: Stroke, box: Any, gap: float = GAP) -> Iterator[Point]:
    """The points that a mouse passes, at most `gap` px apart. box: the canvas on the screen, with x, y, width and height in px."""
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    yield corners[0]
    for (x0, y0), (x1, y1) in pairwise(corners):
        parts = max(1, round(hypot(x1 - x0, y1 - y0) / gap))
        for part in range(1, parts + 1):
            yield x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts


def draw_stroke(page: Page, canvas: Locator, stroke: Stroke, gap: float = GAP) -> None:
    """Draws one stroke with the mouse."""
    path = mouse_path(stroke, canvas.bounding_box(), gap)
    page.mouse.move(*next(path))
    page.mouse.down()
    for point in path:
        page.mouse.move(*point)
    page.mouse.up()


def draw_digit(page: Page, digit: str, gap: float = GAP) -> None:
    """Draws a digit on the canvas of the Draw page, on top of what is there: clear it first."""
    canvas = page.locator(".pg-draw canvas")
    canvas.scroll_into_view_if_needed()
    for stroke in DIGITS[digit]:
        draw_stroke(page, canvas, stroke, gap)
