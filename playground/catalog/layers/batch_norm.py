"""Batch normalization."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Shape
from playground.catalog.layers.weights import Freezable


class BatchNorm(Freezable):
    """Shifts and scales every feature (or map) to mean 0 and variance 1 over the batch, then lets the network learn its own scale.

    Shape: (N, features), (N, C, L) or (N, C, H, W), unchanged. In evaluation mode: running means and variances instead of the batch's."""

    title: ClassVar[str] = "Batch normalization"
    source: ClassVar[str] = "Ioffe and Szegedy 2015, arXiv:1502.03167"
    beginners: ClassVar[str] = "Keeps the numbers between layers in the same range, so that training is faster and smoother"
    group: ClassVar[Group] = "Normalization"
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)

    kind: Literal["batch_norm"] = "batch_norm"
    momentum: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Momentum",
        description="Weight of the newest batch in the running mean",
        json_schema_extra={"finer": True},
    )

    def build(self, shape: Shape) -> nn.Module:
        norm = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return self.settled(norm(shape[0], momentum=self.momentum))
