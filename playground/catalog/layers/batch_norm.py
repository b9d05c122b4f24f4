"""Batch normalization."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group
from playground.catalog.layers.step_modules import BatchNorm1d
from playground.catalog.layers.weights import Freezable
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, Axes, TensorSpec


class BatchNorm(Freezable):
    """Shifts and scales every feature (or map) to mean 0 and variance 1 over the batch, then lets the network learn its own scale.

    Shape: (N, features), (N, L, features) or (N, C, H, W), unchanged. In evaluation mode: running means and variances instead
    of the batch's."""

    title: ClassVar[str] = "Batch normalization"
    source: ClassVar[str] = "Ioffe and Szegedy 2015, arXiv:1502.03167"
    formula: ClassVar[str] = "y = γ·(x − mean)/√(variance + ε) + β, over the batch"
    beginners: ClassVar[str] = "Keeps the numbers between layers in the same range, so that training is faster and smoother"
    group: ClassVar[Group] = "Normalization"
    keywords: ClassVar[str] = "batchnorm BN"
    stands_in_for: ClassVar[str] = "weight normalization, spectral normalization, local response normalization LRN"

    kind: Literal["batch_norm"] = "batch_norm"
    momentum: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Momentum",
        description="Weight of the newest batch in the running mean",
        json_schema_extra={"finer": True},
    )

    def build(self, x: TensorSpec) -> nn.Module:
        norms: dict[Axes, type[nn.Module]] = {VECTOR: nn.BatchNorm1d, SEQUENCE: BatchNorm1d, IMAGE: nn.BatchNorm2d}
        return self.settled(norms[x.names](x.depth, momentum=self.momentum))
