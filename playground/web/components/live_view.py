"""What a network in training answers, live: the confusion matrix, the boundary in the plane, the fit."""

from functools import lru_cache
from typing import Any, Literal

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, DataError
from playground.web.components.loader import component

ViewName = Literal["confusion", "boundary", "fit"]

_POINTS = 1000
"""Points of a split that are drawn at most; more are a blot."""


def live_view(address: str | None, names: tuple[ViewName, ...], *, key: str, dataset: Dataset, height: int | None = None) -> None:
    """One picture of the run at this address, or its empty frame for None. Of several names the visitor picks, in the picture's place.

    dataset: what the run learns; its points lie over a boundary, its classes name rows and colours. height: of the drawing in
    pixels, by default as high as wide up to 420. Root: `.pg-live-view`, with data-run, data-name, data-step and data-frames."""
    data = {"run": address, "names": list(names), "classes": list(dataset.classes), "bounds": list(dataset.bounds), "height": height}
    points = _drawable(dataset) if "boundary" in names else None
    component("live_view")(key=key, data={**data, "points": points}, height="content")


def _drawable(dataset: Dataset) -> dict[str, Any] | None:
    """The points, or none where the data cannot be had: the panel that shows the data says why, and the answer is drawn without them."""
    try:
        return _points(dataset)
    except DataError:
        return None


@lru_cache(maxsize=8)
def _points(dataset: Dataset) -> dict[str, Any]:
    """Each split's points in the plane as columns: x1, x2 and the target, a class number or a value."""
    loaded = dataset.load()
    return {name: _columns(split.inputs, split.targets) for name, split in (("train", loaded.train), ("test", loaded.test))}


def _columns(inputs: Array, targets: Array) -> dict[str, list[float]]:
    """inputs: (N, 2), targets: (N,) or (N, 1)."""
    points, values = inputs[:_POINTS], np.asarray(targets[:_POINTS]).reshape(-1)
    return {
        "x1": np.round(points[:, 0].astype(float), 3).tolist(),
        "x2": np.round(points[:, 1].astype(float), 3).tolist(),
        "target": np.round(values.astype(float), 3).tolist(),
    }
