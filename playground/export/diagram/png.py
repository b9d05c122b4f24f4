"""The diagram as PNG, for programs that do not support SVG."""

import io
import math
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from playground.export.diagram.layout import Diagram
from playground.export.diagram.marks import Box, Dot, Mark, Wire, Words, plain
from playground.export.diagram.palette import DASHED, INKS, TONES, WIRE

SCALE = 2.0
"""Pixels per px of the layout, unless the image would be too large."""
MAX_PIXELS = 8_000_000
_SUPERSAMPLING = 2
"""Shapes are drawn at this scale and reduced, to smooth their lines."""
_FONTS = {False: ("DejaVuSans.ttf", "Arial.ttf", "Helvetica.ttc"), True: ("DejaVuSans-Bold.ttf", "Arial Bold.ttf", "Helvetica.ttc")}


def to_png(diagram: Diagram) -> bytes:
    """The diagram on a white background, at twice the size of the SVG, or less if it is very large."""
    scale = min(SCALE, math.sqrt(MAX_PIXELS / (diagram.width * diagram.height)))
    size = math.ceil(diagram.width * scale), math.ceil(diagram.height * scale)
    paper = Image.new("RGB", (size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING), "#ffffff")
    pen = ImageDraw.Draw(paper)
    for mark in diagram.marks:
        _paint(pen, mark, scale * _SUPERSAMPLING)
    paper = paper.resize(size, Image.Resampling.BOX)
    pen = ImageDraw.Draw(paper)
    for mark in diagram.marks:
        if isinstance(mark, Words):
            _write(pen, mark, scale)
    file = io.BytesIO()
    paper.save(file, "PNG", dpi=(round(96 * scale),) * 2)
    return file.getvalue()


def _paint(pen: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    line = max(1, round(scale))
    match mark:
        case Box():
            fill, outline = INKS[mark.ink]
            left, top, right, bottom = (edge * scale for edge in (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height))
            corners, radius = (left, top, right, bottom), mark.radius * scale
            if mark.ink in DASHED:
                pen.rounded_rectangle(corners, radius, fill)
                _dashed(pen, (left, top, right, bottom), radius, outline, line)
            else:
                pen.rounded_rectangle(corners, radius, fill, outline, line)
        case Dot():
            fill, outline = INKS[mark.ink]
            x, y, radius = mark.x * scale, mark.y * scale, mark.radius * scale
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill, outline, line)
        case Wire():
            points = [(x * scale, y * scale) for x, y in mark.points]
            pen.line(points, WIRE, max(1, round(1.2 * scale)), joint="curve")
            if mark.arrow:
                _arrow(pen, points[-2], points[-1], 6 * scale)


def _dashed(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], radius: float, color: str, line: int) -> None:
    left, top, right, bottom = box
    sides = [((left + radius, y), (right - radius, y)) for y in (top, bottom)]
    sides += [((x, top + radius), (x, bottom - radius)) for x in (left, right)]
    dash, gap = 4.0 * line, 3.0 * line
    for (x1, y1), (x2, y2) in sides:
        length = math.hypot(x2 - x1, y2 - y1)
        for step in range(int(length / (dash + gap)) + 1):
            first, last = step * (dash + gap), min(step * (dash + gap) + dash, length)
            ends = [(x1 + (x2 - x1) * at / length, y1 + (y2 - y1) * at / length) for at in (first, last) if length]
            if len(ends) == 2 and first < length:
                pen.line(ends, color, line)
    for x, y, start in (
        (left, top, 180),
        (right - 2 * radius, top, 270),
        (left, bottom - 2 * radius, 90),
        (right - 2 * radius, bottom - 2 * radius, 0),
    ):
        pen.arc((x, y, x + 2 * radius, y + 2 * radius), start, start + 90, color, line)


def _arrow(pen: ImageDraw.ImageDraw, before: tuple[float, float], end: tuple[float, float], size: float) -> None:
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    back = [(end[0] - size * math.cos(angle + turn), end[1] - size * math.sin(angle + turn)) for turn in (-0.45, 0.45)]
    pen.polygon([end, *back], WIRE)


def _write(pen: ImageDraw.ImageDraw, words: Words, scale: float) -> None:
    font, complete = _font(max(5, round(words.size * scale)), words.bold)
    text = plain(words.text)
    if not complete:  # the built-in font of Pillow has only ASCII
        text = text.translate(str.maketrans("×·–…“”", 'x-–.""')).encode("ascii", "replace").decode()
    anchor = {"start": "lm", "middle": "mm", "end": "rm"}[words.anchor]
    pen.text((words.x * scale, words.y * scale), text, TONES[words.tone], font, anchor)


@lru_cache(maxsize=64)
def _font(size: int, bold: bool) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    """A font of this size, and whether it has more than ASCII: a system font, otherwise the built-in font of Pillow."""
    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False
