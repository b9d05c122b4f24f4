"""The predictions across the plane."""

from typing import ClassVar

import numpy as np
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.catalog.metrics.base import amount
from playground.spec import ExperimentSpec
from playground.training.views.base import Values, ViewOfInputs, values_of

GRID = 64
"""Points per side: the centers of as many cells between the dataset's bounds."""


class Boundary(ViewOfInputs):
    """(C, GRID, GRID) over the dataset's bounds, row 0 at the smallest x2. One map per class; of two classes, only the probability of the
    second; without classes, the value."""

    name: ClassVar[str] = "boundary"
    title: ClassVar[str] = "Predictions across the plane"
    tab: ClassVar[str] = "plane"
    form: ClassVar[str] = "plane"

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.encoding.domain == "plane"

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        if spec.data.classes:
            return "The background shows the predicted class at each point; the stronger the color, the more confident."
        middle = spec.data.target_scale[0]
        return f"The background shows the prediction at each point: orange below {amount(middle) if middle else 'zero'}, blue above."

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return spec.data.axis_names

    @classmethod
    def middle(cls, spec: ExperimentSpec) -> float:
        return spec.data.target_scale[0]

    @classmethod
    def bounds(cls, spec: ExperimentSpec) -> tuple[float, ...]:
        first, second = spec.data.axis_bounds
        return first if first == second else (*first, *second)

    @classmethod
    def inputs(cls, data: Dataset) -> Array:
        return points_of_plane(data, GRID)

    def drawn(self, predictions: Tensor) -> Values:
        maps = values_of(predictions[:, 1:] if self.data.task.kind == "binary" else predictions)
        shown = maps if self.data.classes else self.data.in_units(maps)
        return shown.T.reshape(-1, GRID, GRID).astype(np.float32)


def points_of_plane(data: Dataset, side: int) -> Array:
    """(side², 2) float32, the centers of as many cells between the bounds; x1 varies fastest, from the smallest x1 and x2 on."""
    shares = np.arange(side, dtype=np.float32) + 0.5
    across, up = (low + shares * ((high - low) / side) for low, high in data.axis_bounds)
    x2, x1 = np.meshgrid(up, across, indexing="ij")
    return np.stack([x1.ravel(), x2.ravel()], axis=1).astype(np.float32)
