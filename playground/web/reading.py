"""Drawings as input of a network."""

from torch import Tensor

from playground.catalog.datasets.examples import Array
from playground.catalog.encodings import pixels
from playground.drawing import prepare_for
from playground.explain.attention import has_attention
from playground.spec import ExperimentSpec


def why_not_drawable(spec: ExperimentSpec) -> str | None:
    """Why this experiment's network cannot classify a drawing, in plain words; None if it can."""
    data = spec.data
    if not data.tensor.has("height", "width"):
        return f"It learns from {data.encoding.examples} ({data.title}), not from images."
    if data.shape[0] != 1 or data.shape[1] != data.shape[2]:
        return f"It takes images of {'×'.join(map(str, data.shape))}, but a drawing is square and grayscale."
    return None if data.classes else "It predicts a number, not a class."


def why_not_predicting(spec: ExperimentSpec) -> str | None:
    """Why the Predict page cannot ask this experiment's network, in plain words; None if it can."""
    data = spec.data
    if data.tensor.has("length"):
        return f"It learns from {data.encoding.examples} ({data.title}), not from rows of a table, points or images."
    return "It makes images." if data.tensor.has("height", "width") and not data.classes else None


def why_not_explainable(spec: ExperimentSpec) -> str | None:
    """Why this page cannot explain this experiment's network, in plain words; None if it can."""
    data = spec.data
    if data.tensor.has("length"):
        return None
    if not data.tensor.has("height", "width"):
        return f"It learns from {data.encoding.examples} ({data.title}), not from images, text or sequences."
    return None if data.classes else "It predicts an image or a number, not a class."


def why_not_attention(spec: ExperimentSpec) -> str | None:
    """Why there is no attention to look at in this experiment's network, in plain words; None if there is."""
    return None if has_attention(spec) else "None of its layers is a self-attention or a transformer block."


def read_drawing(spec: ExperimentSpec, ink: Array) -> Tensor:
    """ink: uint8 (H, W) → input for the network of a drawable spec: float32 (1, 1, side, side) in [0, 1], not yet standardized.

    Raises: DrawingError if nothing is drawn."""
    return prepare_for(spec.data.shape, ink)


def as_pixels(x: Tensor) -> Array:
    """(N, 1, H, W) in [0, 1] → uint8 (N, H, W)."""
    return pixels(x[:, 0])
