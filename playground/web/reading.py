"""Drawings as input of a network."""

import torch
from torch import Tensor

from playground.catalog.datasets.base import Family
from playground.catalog.datasets.examples import Array
from playground.drawing import prepare_for
from playground.spec import ExperimentSpec

_LEARNED: dict[Family, str] = {"points": "points in the plane", "tables": "rows of a table", "curves": "points on a curve"}


def why_not_drawable(spec: ExperimentSpec) -> str | None:
    """Why this experiment's network cannot classify a drawing, in plain words; None if it can."""
    data = spec.data
    if data.family != "images":
        return f"It learns from {_LEARNED[data.family]} ({data.title}), not from images."
    if len(data.shape) != 3 or data.shape[0] != 1 or data.shape[1] != data.shape[2]:
        return f"It takes images of {'×'.join(map(str, data.shape))}, but a drawing is square and grayscale."
    return None if data.classes else "It predicts a number, not a class."


def why_not_explainable(spec: ExperimentSpec) -> str | None:
    """Why this page cannot explain this experiment's network, in plain words; None if it can."""
    data = spec.data
    if data.family != "images":
        return f"It learns from {_LEARNED[data.family]} ({data.title}), not from images."
    return None if data.classes else "It predicts an image or a number, not a class."


def read_drawing(spec: ExperimentSpec, ink: Array) -> Tensor:
    """ink: uint8 (H, W) → input for the network of a drawable spec: float32 (1, 1, side, side) in [0, 1], not yet standardized.

    Raises: DrawingError if nothing is drawn."""
    return prepare_for(spec.data.shape, ink)


def as_pixels(x: Tensor) -> Array:
    """(N, 1, H, W) in [0, 1] → uint8 (N, H, W)."""
    pixels: Array = (x[:, 0].clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
    return pixels
