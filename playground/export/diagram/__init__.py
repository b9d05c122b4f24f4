"""Diagrams of networks, as SVG and PNG."""

from playground.export.diagram.layout import diagram
from playground.export.diagram.png import to_png
from playground.export.diagram.svg import to_svg
from playground.spec import ExperimentSpec

__all__ = ["diagram_png", "diagram_svg"]


def diagram_svg(spec: ExperimentSpec) -> str:
    """The network of a spec, with tensors to scale and blocks as branches. Works for any spec, also with errors."""
    return to_svg(diagram(spec))


def diagram_png(spec: ExperimentSpec) -> bytes:
    """The same diagram as PNG."""
    return to_png(diagram(spec))
