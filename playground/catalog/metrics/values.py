"""How far predicted values are off, in the target's own units."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import DataError
from playground.catalog.losses.base import Loss
from playground.catalog.metrics.base import DeclaredMetric, Format, Metric, Part


class _ErrorInUnits(Metric):
    format: ClassVar[Format] = "value"
    chart: ClassVar[str] = "error"
    in_units: ClassVar[bool] = True

    deviation: float = Field(1.0, gt=0, title="Deviation", description="What values were divided by before they were learned")

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        return data.task.name() == "regression" or (data.task.name() == "forecast" and len(data.feature_names) == 1)

    @classmethod
    def of(cls, data: Dataset) -> "Metric":
        try:
            zeros, ones = data.in_units(np.array([[0.0], [1.0]]).repeat(data.target_size, axis=1))
        except DataError:  # it is only declared, not measured
            return cls()
        return cls(deviation=float((ones - zeros)[0]))

    @classmethod
    def phrase(cls, data: Dataset) -> str:
        return f"test {cls.spoken()} {{}} ({_measured(data).replace('{', '(').replace('}', ')')})"

    @classmethod
    def declared(cls, data: Dataset) -> DeclaredMetric:
        chart = f"{cls.chart} ({_measured(data)})"
        return DeclaredMetric(cls.name(), cls.spoken(), chart, cls.format, cls.better, cls.splits, cls.every_step, cls.phrase(data))

    def measure(self, part: Part) -> Tensor:
        return self._errors(part.readout.predicted(part.outputs) - part.targets).mean(dim=1).sum()

    @abstractmethod
    def _errors(self, differences: Tensor) -> Tensor:
        """(M, K) → (M, K)."""


def _measured(data: Dataset) -> str:
    """What the values are, of a series what it consists of."""
    return data.feature_names[0] if data.task.name() == "forecast" else data.target_title


class RootMeanSquaredError(_ErrorInUnits):
    """The root mean square of the differences between predictions and targets: large ones count more."""

    title: ClassVar[str] = "RMSE"
    source: ClassVar[str] = "Gauss 1809, Theoria motus corporum coelestium (mean square error)"

    kind: Literal["rmse"] = "rmse"

    def _errors(self, differences: Tensor) -> Tensor:
        return differences.square()

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        return math.sqrt(float(parts.sum()) / sum(sizes)) * self.deviation


class MeanAbsoluteError(_ErrorInUnits):
    """The mean distance between predictions and targets."""

    title: ClassVar[str] = "MAE"
    source: ClassVar[str] = "Laplace 1799, Mécanique céleste (sum of absolute errors)"

    kind: Literal["mae"] = "mae"

    def _errors(self, differences: Tensor) -> Tensor:
        return differences.abs()

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        return float(parts.sum()) / sum(sizes) * self.deviation
