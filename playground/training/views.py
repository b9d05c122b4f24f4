"""The views of a run as numbers: confusion matrix, decision boundary, curve, fit and reconstructed images."""

import numpy as np
import torch
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.catalog.layers.base import Shape
from playground.training.events import View

GRID = 64
"""Points per side of the boundary plot: the centers of as many cells between the dataset's bounds."""

CURVE_POINTS = 241
"""Points along the axis at which a curve is drawn, from bound to bound."""

MOST_POINTS = 1000
"""Values in a fit plot: the first ones of the test set."""

RECONSTRUCTED = 10
"""Test images in a reconstruction plot: the first ones."""


def grid(dataset: Dataset) -> Array | None:
    """Inputs at which all predictions are plotted. For points in the plane: (GRID², 2) float32, x1 varies fastest, from the smallest x1 and
    x2 on. For curves: (CURVE_POINTS, 1), from bound to bound. None for other data."""
    low, high = dataset.bounds
    if dataset.encoding.domain is None:
        return None
    if dataset.encoding.domain == "line":
        return np.linspace(low, high, CURVE_POINTS, dtype=np.float32)[:, None]
    centers = low + (np.arange(GRID, dtype=np.float32) + 0.5) * ((high - low) / GRID)
    x2, x1 = np.meshgrid(centers, centers, indexing="ij")
    return np.stack([x1.ravel(), x2.ravel()], axis=1).astype(np.float32)


def everywhere(step: int, dataset: Dataset, predictions: Tensor) -> View:
    """predictions: (N, K) probabilities or values at the points of `grid` → curve or boundary."""
    return curve(step, predictions) if dataset.encoding.domain == "line" else boundary(step, predictions, dataset.task.kind == "binary")


def curve(step: int, predictions: Tensor) -> View:
    """predictions: (CURVE_POINTS, D) → (D, CURVE_POINTS) values, from the smallest x on."""
    return View("curve", step, predictions.T.to("cpu", torch.float32).contiguous().numpy())


def boundary(step: int, predictions: Tensor, binary: bool) -> View:
    """predictions: (GRID², K) at the points of the grid → (1, GRID, GRID) probabilities of the second of two classes, or values; for more
    classes, one map per class."""
    if binary:
        predictions = predictions[:, 1:]
    return View("boundary", step, predictions.T.reshape(-1, GRID, GRID).to("cpu", torch.float32).contiguous().numpy())


def confusion(step: int, truth: Tensor, predictions: Tensor, classes: int) -> View:
    """truth, predictions: (N,) classes → (classes, classes) counts, rows are true classes, columns predicted ones."""
    cells = truth.to("cpu", torch.int64) * classes + predictions.to("cpu")
    counts = torch.bincount(cells, minlength=classes * classes).reshape(classes, classes)
    return View("confusion", step, counts.to(torch.float32).numpy())


def fit(step: int, truth: Tensor, predictions: Tensor) -> View:
    """truth, predictions: (N,) or (N, D) → (M, 2) pairs of target and prediction, for the first 1,000 values."""
    pairs = torch.stack([truth.to("cpu", torch.float32).flatten(), predictions.to("cpu", torch.float32).flatten()], dim=1)
    return View("fit", step, pairs[:MOST_POINTS].numpy())


def reconstruction(step: int, inputs: Tensor, outputs: Tensor, targets: Tensor, shape: Shape) -> View:
    """inputs: (M, *shape) in [0, 1], the first M test images; outputs, targets: (N, D) of the same size → (3, M, *shape): inputs, outputs
    and targets."""
    rows = [images[: len(inputs)].detach().to("cpu", torch.float32).reshape(-1, *shape) for images in (inputs, outputs, targets)]
    return View("reconstruction", step, torch.stack(rows).clamp(0, 1).numpy())
