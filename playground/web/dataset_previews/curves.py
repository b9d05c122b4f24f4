"""A curve and its points."""

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.curve import Curve
from playground.catalog.datasets.examples import Data
from playground.web.svg import svg_image

_DRAWN = 400
_WIDE, _HIGH = 160.0, 90.0
_STEPS = 400


def preview(dataset: Dataset, data: Data) -> str:
    """All points, filled for training and open for testing, over the true curve; regions without training points are shaded."""
    low, high = dataset.bounds
    heights = np.concatenate([split.targets.reshape(-1) for split in (data.train, data.test)])
    least, most = float(heights.min()), float(heights.max())
    middle, half = (most + least) / 2, max((most - least) / 2, 1e-9) * 1.06

    def across(x: float) -> float:
        return (x - low) / (high - low) * _WIDE

    def down(y: float) -> float:
        return _HIGH / 2 * (1 - (y - middle) / half)

    parts = []
    if isinstance(dataset, Curve):
        if (hole := dataset.hole) is not None:
            start, end = map(across, hole)
            parts.append(f'<rect class="gap" x="{start:.1f}" y="0" width="{end - start:.1f}" height="{_HIGH:g}"/>')
        x = np.linspace(low, high, _STEPS)
        line = " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in zip(x, dataset.height(x), strict=True))
        parts.append(f'<polyline class="curve" points="{line}"/>')
    for split, name in ((data.train, "train"), (data.test, "test")):
        share = max(1, -(-len(split) * 2 // _DRAWN))
        for x1, y1 in zip(split.inputs[::share, 0], split.targets[::share, 0], strict=True):
            parts.append(f'<circle class="{name} of-{name}" cx="{across(x1):.1f}" cy="{down(y1):.1f}" r="1.25" opacity="1"/>')
    text = f"{len(data.train)} training points and {len(data.test)} test points of {dataset.title}"
    return svg_image(_WIDE, _HIGH, "".join(parts), text, "curve")


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    gap = " There are no training points in the shaded region." if getattr(dataset, "hole", None) else ""
    return f"The line is the true curve; filled dots are training points, rings are test points.{gap}"
