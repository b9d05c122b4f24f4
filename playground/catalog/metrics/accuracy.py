"""The share of answers that are correct."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss
from playground.catalog.metrics.base import Format, Metric, Part


class Accuracy(Metric):
    """The share of examples, or of steps, whose class is predicted correctly."""

    title: ClassVar[str] = "Accuracy"
    source: ClassVar[str] = "Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, section 7.2"
    format: ClassVar[Format] = "percent"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    chart: ClassVar[str] = "accuracy"

    kind: Literal["accuracy"] = "accuracy"

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        return data.task.has_classes

    @classmethod
    def phrase(cls, data: Dataset) -> str:
        answers = "steps" if data.task.per_step else "images" if data.tensor.has("height", "width") else "examples"
        return f"{{}} of test {answers} correct"

    def measure(self, part: Part) -> Tensor:
        correct = part.readout.correct(part.outputs, part.targets)
        if correct is None:
            raise TypeError(f"{part.readout.name()}: values are neither correct nor incorrect")
        return correct.sum()

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        return float(parts.sum()) / sum(sizes)
