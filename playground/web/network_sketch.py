"""A sketch of a network: maps as stacked squares, sequences as stacked strips, vectors as bars, sized by their content."""

import math
from functools import lru_cache

from playground.catalog.messages import counted
from playground.catalog.tensors import VECTOR, TensorSpec
from playground.network import Row, trace
from playground.paths import layer_count
from playground.spec import ExperimentSpec
from playground.web.svg import svg_image

WIDTH, HEIGHT = 240, 76
_GAP, _WIDE_GAP = 11.0, 38.0
_UNITS = 8
"""Vectors of at most this many numbers are drawn as units."""
_STRIP = 6.0
"""The drawn height of one feature of a sequence."""


@lru_cache(maxsize=64)
def network_sketch(spec: ExperimentSpec) -> str:
    """The network of a spec as an `img`, from left to right: the input, then every layer that changes the shape or has weights."""
    traced = trace(spec)
    stages = [(traced.input, False), *((row.tensor_out, row.parameters > 0) for row in traced.rows if _shown(row))]
    gap = _WIDE_GAP if any(_few(x) for x, _ in stages[:-1]) and len(stages) < 7 else _GAP
    widths = [_width(x) for x, _ in stages]
    across = sum(widths) + gap * (len(stages) - 1)
    scale = min(1.35, (WIDTH - 4) / across)
    parts, x = [], (WIDTH - across * scale) / 2
    for index, ((tensor, learns), width) in enumerate(zip(stages, widths, strict=True)):
        if index:
            parts.append(_wires(stages[index - 1][0], tensor, x - gap * scale, x))
        parts.append(_stage(tensor, x, scale, learns))
        x += (width + gap) * scale
    count = layer_count(spec)
    text = f"{counted(count, 'layer')}, {counted(traced.parameters, 'parameter')}"
    return svg_image(WIDTH, HEIGHT, "".join(parts), text, "sketch")


def _shown(row: Row) -> bool:
    return row.tensor_in != row.tensor_out or row.parameters > 0


def _few(tensor: TensorSpec) -> bool:
    return tensor.names == VECTOR and tensor.depth <= _UNITS


def _width(tensor: TensorSpec) -> float:
    if tensor.names == VECTOR:
        return 7.0 if _few(tensor) else 5.0
    return _sides(tensor)[0] + 2.2 * (_sheets(tensor) - 1)


def _units(tensor: TensorSpec) -> list[float]:
    """The y coordinate of each unit of a small vector."""
    step = min(15.0, (HEIGHT - 8) / tensor.depth)
    return [HEIGHT / 2 + (unit - (tensor.depth - 1) / 2) * step for unit in range(tensor.depth)]


def _wires(before: TensorSpec, after: TensorSpec, left: float, right: float) -> str:
    """Lines from every unit to every unit if both vectors are small, otherwise a single line."""
    if _few(before) and _few(after):
        return "".join(
            f'<path class="wire" d="M{left:.1f} {y1:.1f}L{right:.1f} {y2:.1f}"/>' for y1 in _units(before) for y2 in _units(after)
        )
    return f'<path class="wire" d="M{left + 2:.1f} {HEIGHT / 2}H{right - 2:.1f}"/>'


def _sides(tensor: TensorSpec) -> tuple[float, float]:
    """The drawn width and height of a map, or of one feature of a sequence: by square root, so that 7×7 is still visible next to 28×28."""
    if tensor.has("length"):
        return 7.5 * math.sqrt(tensor.size("length")), _STRIP
    return 7.5 * math.sqrt(tensor.size("width")), 7.5 * math.sqrt(tensor.size("width"))  # 28 → 40


def _sheets(tensor: TensorSpec) -> int:
    return min(6, 1 + round(math.log2(tensor.depth)))


def _stage(tensor: TensorSpec, x: float, scale: float, learns: bool) -> str:
    kind = "learns" if learns else "plain"
    if _few(tensor):
        radius = 3.5 * min(scale, 1.2)
        return "".join(f'<circle class="{kind}" cx="{x + 3.5 * scale:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' for y in _units(tensor))
    if tensor.names == VECTOR:
        height = min(HEIGHT - 6.0, 9 + 6.2 * math.log2(tensor.depth))
        position = f'x="{x:.1f}" y="{(HEIGHT - height) / 2:.1f}"'
        return f'<rect class="{kind}" {position} width="{max(2.5, 5 * scale):.1f}" height="{height:.1f}" rx="1.5"/>'
    (width, height), shift, sheets = (side * scale for side in _sides(tensor)), 2.2 * scale, _sheets(tensor)
    top = (HEIGHT - height - shift * (sheets - 1)) / 2
    return "".join(
        f'<rect class="{kind}" x="{x + shift * sheet:.1f}" y="{top + shift * sheet:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1"/>'
        for sheet in range(sheets)
    )
