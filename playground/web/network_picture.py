"""A small diagram of a network: maps as stacked squares, vectors as bars, sized by their content."""

import math
from functools import lru_cache

from playground.catalog.layers import Shape
from playground.network import Row, trace
from playground.paths import layer_count
from playground.spec import ExperimentSpec
from playground.web.svg import svg_image

WIDTH, HEIGHT = 240, 76
_GAP, _WIDE_GAP = 11.0, 38.0
_UNITS = 8
"""Vectors of at most this many numbers are drawn as units."""


@lru_cache(maxsize=64)
def network_picture(spec: ExperimentSpec) -> str:
    """The network of a spec as an `img`, from left to right: the input, then every layer that changes the shape or has weights."""
    traced = trace(spec)
    stages = [(traced.input_shape, False), *((row.shape_out, row.parameters > 0) for row in traced.rows if _shown(row))]
    gap = _WIDE_GAP if any(_few(shape) for shape, _ in stages[:-1]) and len(stages) < 7 else _GAP
    widths = [_width(shape) for shape, _ in stages]
    across = sum(widths) + gap * (len(stages) - 1)
    scale = min(1.35, (WIDTH - 4) / across)
    parts, x = [], (WIDTH - across * scale) / 2
    for index, ((shape, learns), width) in enumerate(zip(stages, widths, strict=True)):
        if index:
            parts.append(_wires(stages[index - 1][0], shape, x - gap * scale, x))
        parts.append(_stage(shape, x, scale, learns))
        x += (width + gap) * scale
    count = layer_count(spec)
    text = f"{count} layer{'s' if count > 1 else ''}, {traced.parameters:,} parameters"
    return svg_image(WIDTH, HEIGHT, "".join(parts), text, "sketch")


def _shown(row: Row) -> bool:
    return row.shape_in != row.shape_out or row.parameters > 0


def _few(shape: Shape) -> bool:
    return len(shape) == 1 and shape[0] <= _UNITS


def _width(shape: Shape) -> float:
    if len(shape) == 1:
        return 7.0 if _few(shape) else 5.0
    return _side(shape) + 2.2 * (_sheets(shape) - 1)


def _units(shape: Shape) -> list[float]:
    """The y coordinate of each unit of a small vector."""
    step = min(15.0, (HEIGHT - 8) / shape[0])
    return [HEIGHT / 2 + (unit - (shape[0] - 1) / 2) * step for unit in range(shape[0])]


def _wires(before: Shape, after: Shape, left: float, right: float) -> str:
    """Lines from every unit to every unit if both vectors are small, otherwise a single line."""
    if _few(before) and _few(after):
        return "".join(
            f'<path class="wire" d="M{left:.1f} {y1:.1f}L{right:.1f} {y2:.1f}"/>' for y1 in _units(before) for y2 in _units(after)
        )
    return f'<path class="wire" d="M{left + 2:.1f} {HEIGHT / 2}H{right - 2:.1f}"/>'


def _side(shape: Shape) -> float:
    """The drawn side of a map: by square root, so that 7×7 is still visible next to 28×28."""
    return 7.5 * math.sqrt(shape[-1])  # 28 → 40


def _sheets(shape: Shape) -> int:
    return min(6, 1 + round(math.log2(shape[0])))


def _stage(shape: Shape, x: float, scale: float, learns: bool) -> str:
    kind = "learns" if learns else "plain"
    if _few(shape):
        radius = 3.5 * min(scale, 1.2)
        return "".join(f'<circle class="{kind}" cx="{x + 3.5 * scale:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' for y in _units(shape))
    if len(shape) == 1:
        height = min(HEIGHT - 6.0, 9 + 6.2 * math.log2(shape[0]))
        position = f'x="{x:.1f}" y="{(HEIGHT - height) / 2:.1f}"'
        return f'<rect class="{kind}" {position} width="{max(2.5, 5 * scale):.1f}" height="{height:.1f}" rx="1.5"/>'
    side, shift, sheets = _side(shape) * scale, 2.2 * scale, _sheets(shape)
    top = (HEIGHT - side - shift * (sheets - 1)) / 2
    return "".join(
        f'<rect class="{kind}" x="{x + shift * sheet:.1f}" y="{top + shift * sheet:.1f}" width="{side:.1f}" height="{side:.1f}" rx="1"/>'
        for sheet in range(sheets)
    )
