"""What training minimizes."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss
from playground.catalog.metrics.base import Metric, Part


class MeanLoss(Metric):
    """The mean loss of the examples, without penalties on weights; of each step's batch, the loss that was minimized."""

    title: ClassVar[str] = "Loss"
    source: ClassVar[str] = "Vapnik 1991, NIPS 4:831 (empirical risk)"
    chart: ClassVar[str] = "loss"
    every_step: ClassVar[bool] = True

    kind: Literal["loss"] = "loss"

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        return True

    def measure(self, part: Part) -> Tensor:
        return part.loss

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        """Part by part, the mean weighted with its examples."""
        return math.fsum(mean * size for mean, size in zip(parts.tolist(), sizes, strict=True)) / sum(sizes)
