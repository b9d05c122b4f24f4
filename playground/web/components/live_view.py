"""Live views of a run's predictions."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.curve import Curve
from playground.catalog.datasets.examples import Array, DataError
from playground.training.views import DeclaredView
from playground.web.components.loader import component

_TRUTH_POINTS = 241
_POINTS = 1000
"""Maximum number of points drawn per split; more would be a blot."""


def live_view(address: str | None, views: Sequence[DeclaredView], *, key: str, dataset: Dataset, height: int | None = None) -> None:
    """A live view of the run at this address, or an empty frame for None. If there are several, the visitor picks one.

    dataset: the data of the run; its points are drawn over views with bounds. height: of the view in pixels, by default as high as wide up
    to 420. Root: `.pg-live-view`, with data-run, data-name, data-step and data-frames."""
    data = {"run": address, "views": [asdict(view) for view in views], "height": height}
    points = _drawable(dataset) if any(view.bounds for view in views) else None
    component("live_view")(key=key, data={**data, "points": points}, height="content")


def _drawable(dataset: Dataset) -> dict[str, Any] | None:
    """The points, or None if the data cannot be loaded: the data panel says why, and predictions are drawn without them."""
    try:
        return _points(dataset)
    except DataError:
        return None


@lru_cache(maxsize=8)
def _points(dataset: Dataset) -> dict[str, Any]:
    """The points of each split as columns: x1, x2 if there is one, and target, a class index or a value. For a known curve also "truth",
    its heights at evenly spaced x, and "hole", the range without training points."""
    loaded = dataset.load()
    points: dict[str, Any] = {
        name: _columns(split.inputs, split.targets if dataset.classes else dataset.in_units(split.targets))
        for name, split in (("train", loaded.train), ("test", loaded.test))
    }
    if isinstance(dataset, Curve):
        heights = dataset.height(np.linspace(*dataset.bounds, _TRUTH_POINTS))
        points |= {"truth": np.round(heights, 3).tolist(), "hole": dataset.hole}
    return points


def _columns(inputs: Array, targets: Array) -> dict[str, list[float]]:
    """inputs: (N, 2) or (N, 1), targets: (N,) or (N, 1)."""
    points, values = inputs[:_POINTS], np.asarray(targets[:_POINTS]).reshape(-1)
    return {**{f"x{axis + 1}": _short(column) for axis, column in enumerate(points.T)}, "target": _short(values)}


def _short(values: Array) -> list[float]:
    return [float(f"{value:.5g}") for value in values.tolist()]
