"""Points in the plane."""

import numpy as np

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.web.dataset_previews.colors import dot_color
from playground.web.svg import svg_image

_DRAWN = 400


def preview(dataset: Dataset, data: Data) -> str:
    """All points, filled for training and open for testing, in the colors of the decision boundary."""
    low, high = dataset.bounds
    spans = [np.abs(np.asarray(split.targets, float)).max(initial=1e-9) for split in (data.train, data.test)]
    dots = []
    for split, name in ((data.train, "train"), (data.test, "test")):
        share = max(1, -(-len(split) * 2 // _DRAWN))
        targets = np.asarray(split.targets[::share], float).reshape(-1)
        for (x, y), target in zip(split.inputs[::share], targets, strict=True):
            color, strength = dot_color(dataset, target, max(spans))
            center = f'cx="{(x - low) / (high - low) * 100:.1f}" cy="{(high - y) / (high - low) * 100:.1f}"'
            dots.append(f'<circle class="{name} {color}" {center} r="1.25" opacity="{strength:.2f}"/>')
    text = f"{len(data.train)} training points and {len(data.test)} test points of {dataset.title}"
    return svg_image(100, 100, f'<path class="axes" d="M50 0V100M0 50H100"/>{"".join(dots)}', text, "scatter")


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    colors = "Blue is above zero, orange below" if not dataset.classes else "Each class has its own color"
    return f"{colors}; filled dots are training points, rings are test points."
