"""A small picture of a network: maps as stacked squares, vectors as bars, as large as there is in them."""

import html
import math
from functools import lru_cache

from playground.catalog.layers import Shape
from playground.network import Row, trace
from playground.spec import ExperimentSpec

WIDTH, HEIGHT = 240, 76
_GAP = 11.0


@lru_cache(maxsize=64)
def network_picture(spec: ExperimentSpec) -> str:
    """The network of a spec as SVG, from left to right: its input, and then every layer that changes the shape or has weights."""
    traced = trace(spec)
    stages = [(traced.input_shape, False), *((row.shape_out, row.parameters > 0) for row in traced.rows if _shown(row))]
    widths = [_width(shape) for shape, _ in stages]
    across = sum(widths) + _GAP * (len(stages) - 1)
    scale = min(1.0, (WIDTH - 4) / across)
    parts, x = [], (WIDTH - across * scale) / 2
    for place, ((shape, learns), width) in enumerate(zip(stages, widths, strict=True)):
        if place:
            parts.append(f'<path class="pg-wire" d="M{x - _GAP * scale + 2:.1f} {HEIGHT / 2}H{x - 2:.1f}"/>')
        parts.append(_stage(shape, x, scale, learns))
        x += (width + _GAP) * scale
    text = f"{len(spec.network)} layers, {traced.parameters:,} parameters"
    return f'<svg class="pg-sketch" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(text, quote=True)}">{"".join(parts)}</svg>'


def _shown(row: Row) -> bool:
    return row.shape_in != row.shape_out or row.parameters > 0


def _width(shape: Shape) -> float:
    return 5.0 if len(shape) == 1 else _side(shape) + 2.2 * (_sheets(shape) - 1)


def _side(shape: Shape) -> float:
    """Of a map, in the picture: by the square root, so that 7×7 is still seen beside 28×28."""
    return 7.5 * math.sqrt(shape[-1])  # 28 → 40


def _sheets(shape: Shape) -> int:
    return min(6, 1 + round(math.log2(shape[0])))


def _stage(shape: Shape, x: float, scale: float, learns: bool) -> str:
    kind = "pg-learns" if learns else "pg-plain"
    if len(shape) == 1:
        height = min(HEIGHT - 6.0, 9 + 6.2 * math.log2(shape[0]))
        return f'<rect class="{kind}" x="{x:.1f}" y="{(HEIGHT - height) / 2:.1f}" width="{max(2.5, 5 * scale):.1f}" height="{height:.1f}" rx="1.5"/>'
    side, shift, sheets = _side(shape) * scale, 2.2 * scale, _sheets(shape)
    top = (HEIGHT - side - shift * (sheets - 1)) / 2
    return "".join(
        f'<rect class="{kind}" x="{x + shift * place:.1f}" y="{top + shift * place:.1f}" width="{side:.1f}" height="{side:.1f}" rx="1"/>'
        for place in range(sheets)
    )
