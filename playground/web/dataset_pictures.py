"""Pictures of datasets: examples by class, points of the plane. HTML, in the theme's colours."""

import html
from functools import lru_cache

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.web.sheets import sheet
from playground.web.svg import svg_image

_DRAWN_POINTS = 400


@lru_cache(maxsize=64)
def picture(dataset: Dataset) -> str:
    """What the dataset looks like: a few training images of each class, or all its points.

    Raises: DataError if it cannot be loaded."""
    return _by_class(dataset) if dataset.family == "images" else _scatter(dataset)


@lru_cache(maxsize=16)
def digits(dataset: Dataset, columns: int, rows: int) -> str:
    """A sheet of training images, as an `img`."""
    return sheet(dataset.load().train.inputs[: columns * rows], columns, f"{columns * rows} examples of {dataset.title}")


def _by_class(dataset: Dataset) -> str:
    """Three rows of training images, a column a class, with the class above."""
    split = dataset.load().train
    columns = [split.inputs[np.flatnonzero(split.targets == label)[:3]] for label in range(len(dataset.classes))]
    rows = np.concatenate([np.stack([column[row] for column in columns]) for row in range(3)])
    names = "".join(f"<span>{html.escape(name)}</span>" for name in dataset.classes)
    shown = sheet(rows, len(columns), f"Three training images of each class: {', '.join(dataset.classes)}")
    return f'<div class="pg-thumbnails" style="--columns: {len(columns)}"><div>{names}</div>{shown}</div>'


def _scatter(dataset: Dataset) -> str:
    """All points, filled for training and open for the test, in the colours of the boundary's picture."""
    low, high = dataset.bounds
    data = dataset.load()
    spans = [np.abs(np.asarray(split.targets, float)).max(initial=1e-9) for split in (data.train, data.test)]
    dots = []
    for split, name in ((data.train, "train"), (data.test, "test")):
        share = max(1, -(-len(split) * 2 // _DRAWN_POINTS))
        targets = np.asarray(split.targets[::share], float).reshape(-1)
        for (x, y), target in zip(split.inputs[::share], targets, strict=True):
            colour, strength = _colour(dataset, target, max(spans))
            place = f'cx="{(x - low) / (high - low) * 100:.1f}" cy="{(high - y) / (high - low) * 100:.1f}"'
            dots.append(f'<circle class="{name} {colour}" {place} r="1.25" opacity="{strength:.2f}"/>')
    text = f"{len(data.train)} training points and {len(data.test)} test points of {dataset.title}"
    return svg_image(100, 100, f'<path class="axes" d="M50 0V100M0 50H100"/>{"".join(dots)}', text, "scatter")


def _colour(dataset: Dataset, target: float, span: float) -> tuple[str, float]:
    """The class of a dot's colour, and how strong it is."""
    if not dataset.classes:
        return ("blue" if target >= 0 else "orange"), 0.25 + 0.75 * min(1.0, abs(target) / span)
    if len(dataset.classes) == 2:
        return ("blue" if target == 1 else "orange"), 1.0
    return f"class-{int(target) % 10}", 1.0
