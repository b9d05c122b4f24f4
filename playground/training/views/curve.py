"""The predictions along an axis."""

from typing import ClassVar

import numpy as np
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.training.views.base import Values, ViewOfInputs, values_of

POINTS = 241
"""Along the axis, from bound to bound."""


class Curve(ViewOfInputs):
    """(D, POINTS) predictions at evenly spaced points, from one of the dataset's bounds to the other."""

    name: ClassVar[str] = "curve"
    title: ClassVar[str] = "Predictions along the axis"
    tab: ClassVar[str] = "curve"
    form: ClassVar[str] = "curve"
    axes: ClassVar[tuple[str, ...]] = ("x",)

    @classmethod
    def applies(cls, data: Dataset) -> bool:
        return data.encoding.domain == "line"

    @classmethod
    def caption(cls, data: Dataset) -> str:
        return "The prediction at every x: close to the training points where there are any, a guess elsewhere."

    @classmethod
    def bounds(cls, data: Dataset) -> tuple[float, float]:
        return data.bounds

    @classmethod
    def inputs(cls, data: Dataset) -> Array:
        """(POINTS, 1) float32."""
        return np.linspace(*data.bounds, POINTS, dtype=np.float32)[:, None]

    def drawn(self, predictions: Tensor) -> Values:
        return values_of(predictions.T)
