"""What a network in training answers, live: the confusion matrix, the boundary in the plane, the curve, the fit."""

from functools import lru_cache
from typing import Any

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.curve import Curve
from playground.catalog.datasets.examples import Array, DataError
from playground.training.events import OVER_BOUNDS, ViewName
from playground.web.components.loader import component

_TRUTH_PLACES = 241
_POINTS = 1000
"""Points of a split that are drawn at most; more are a blot."""


def live_view(address: str | None, names: tuple[ViewName, ...], *, key: str, dataset: Dataset, height: int | None = None) -> None:
    """One picture of the run at this address, or its empty frame for None. Of several names the visitor picks, in the picture's place.

    dataset: what the run learns; its points lie over a boundary or a curve, its classes name rows and colours. height: of the drawing in
    pixels, by default as high as wide up to 420. Root: `.pg-live-view`, with data-run, data-name, data-step and data-frames."""
    data = {"run": address, "names": list(names), "classes": list(dataset.classes), "bounds": list(dataset.bounds), "height": height}
    points = None if OVER_BOUNDS.isdisjoint(names) else _drawable(dataset)
    component("live_view")(key=key, data={**data, "points": points}, height="content")


def _drawable(dataset: Dataset) -> dict[str, Any] | None:
    """The points, or none where the data cannot be had: the panel that shows the data says why, and the answer is drawn without them."""
    try:
        return _points(dataset)
    except DataError:
        return None


@lru_cache(maxsize=8)
def _points(dataset: Dataset) -> dict[str, Any]:
    """Each split's points as columns: x1, x2 where there is one, and the target, a class number or a value. Of a curve that is known,
    "truth": its heights at even places from bound to bound, and "hole": where there are no training points."""
    loaded = dataset.load()
    points: dict[str, Any] = {
        name: _columns(split.inputs, split.targets) for name, split in (("train", loaded.train), ("test", loaded.test))
    }
    if isinstance(dataset, Curve):
        heights = dataset.height(np.linspace(*dataset.bounds, _TRUTH_PLACES))
        points |= {"truth": np.round(heights, 3).tolist(), "hole": dataset.hole}
    return points


def _columns(inputs: Array, targets: Array) -> dict[str, list[float]]:
    """inputs: (N, 2) or (N, 1), targets: (N,) or (N, 1)."""
    points, values = inputs[:_POINTS], np.asarray(targets[:_POINTS]).reshape(-1)
    places = {f"x{axis + 1}": np.round(column.astype(float), 3).tolist() for axis, column in enumerate(points.T)}
    return {**places, "target": np.round(values.astype(float), 3).tolist()}
