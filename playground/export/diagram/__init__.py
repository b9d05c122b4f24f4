"""A network as a picture to take along, as SVG and as PNG."""

from playground.export.diagram.layout import picture
from playground.export.diagram.png import to_png
from playground.export.diagram.svg import to_svg
from playground.spec import ExperimentSpec

__all__ = ["diagram_png", "diagram_svg"]


def diagram_svg(spec: ExperimentSpec) -> str:
    """The network of a spec, drawn with tensors to scale and blocks as branches. Never raises for what a user can write."""
    return to_svg(picture(spec))


def diagram_png(spec: ExperimentSpec) -> bytes:
    """The same picture."""
    return to_png(picture(spec))
