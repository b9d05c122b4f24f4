"""The predictions along an axis."""

from typing import ClassVar

import numpy as np
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.spec import ExperimentSpec
from playground.training.views.base import Values, ViewOfInputs, values_of

POINTS = 241
"""Along the axis, from bound to bound."""


class Curve(ViewOfInputs):
    """(D, POINTS) values, or of two classes (1, POINTS) probabilities of the second, at evenly spaced points from one bound of the axis to
    the other."""

    name: ClassVar[str] = "curve"
    title: ClassVar[str] = "Predictions along the axis"
    tab: ClassVar[str] = "curve"
    form: ClassVar[str] = "curve"

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.encoding.domain == "line" and (not spec.data.classes or spec.data.task.kind == "binary")

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return spec.data.axis_names

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        axis = spec.data.axis_names[0]
        if spec.data.classes:
            return f"The probability of {spec.data.classes[1]} at every {axis}: the dots are 1 for this class and 0 for the other."
        return f"The prediction at every {axis}: close to the training points where there are any, a guess elsewhere."

    @classmethod
    def bounds(cls, spec: ExperimentSpec) -> tuple[float, ...]:
        return spec.data.axis_bounds[0]

    @classmethod
    def inputs(cls, data: Dataset) -> Array:
        return points_of_line(data, POINTS)

    def drawn(self, predictions: Tensor) -> Values:
        if self.data.classes:
            return values_of(predictions[:, 1:].T)
        return self.data.in_units(values_of(predictions)).T.astype(np.float32)


def points_of_line(data: Dataset, points: int) -> Array:
    """(points, 1) float32, evenly spaced from bound to bound."""
    return np.linspace(*data.axis_bounds[0], points, dtype=np.float32)[:, None]
