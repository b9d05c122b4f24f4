"""The diagram as SVG, with searchable text."""

from html import escape

from playground.export.diagram.layout import Diagram
from playground.export.diagram.marks import Box, Dot, Mark, Wire, Words, plain
from playground.export.diagram.palette import DASHED, INKS, TONES, WIRE

_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"


def to_svg(diagram: Diagram) -> str:
    """A standalone file with a white background, readable on any page."""
    width, height = f"{diagram.width:.0f}", f"{diagram.height:.0f}"
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    box = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title" font-family="{_FONT}">',
            f'<title id="title">{escape(plain(diagram.title))}</title>',
            f'<defs><marker id="arrow" {box}><path d="M0 0L8 4L0 8Z" fill="{WIRE}"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(_painted(mark) for mark in diagram.marks),
            "</svg>\n",
        ]
    )


def _painted(mark: Mark) -> str:
    match mark:
        case Box():
            fill, line = INKS[mark.ink]
            dashes = ' stroke-dasharray="4 3"' if mark.ink in DASHED else ""
            size = f'x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" height="{mark.height:.1f}" rx="{mark.radius:g}"'
            return f'<rect {size} fill="{fill}" stroke="{line}"{dashes}/>'
        case Dot():
            fill, line = INKS[mark.ink]
            return f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}" fill="{fill}" stroke="{line}"/>'
        case Wire():
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in mark.points)
            head = ' marker-end="url(#arrow)"' if mark.arrow else ""
            return f'<path d="M{path}" fill="none" stroke="{WIRE}" stroke-width="1.2"{head}/>'
        case Words():
            weight = ' font-weight="600"' if mark.bold else ""
            position = f'x="{mark.x:.1f}" y="{mark.y:.1f}" dy="0.35em" text-anchor="{mark.anchor}"'
            return f'<text {position} font-size="{mark.size:g}" fill="{TONES[mark.tone]}"{weight}>{escape(plain(mark.text))}</text>'
