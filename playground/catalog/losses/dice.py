"""Soft Dice loss."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.losses.classes import ClassLoss, as_probabilities


class Dice(ClassLoss):
    """One minus the overlap between predicted probabilities and target, as between two shapes. It is bounded: no single example
    dominates.

    Over the classes of an example. Applies softmax to the outputs itself. Shape: logits (N, K), classes
    (N,) or probabilities (N, K) → scalar."""

    title: ClassVar[str] = "Dice loss"
    source: ClassVar[str] = "Milletari et al. 2016, arXiv:1606.04797; of one example: Li et al. 2020, arXiv:1911.02855"

    kind: Literal["dice"] = "dice"
    smooth: float = Field(
        1.0,
        ge=0,
        le=100,
        title="Smoothing",
        description="Added to numerator and denominator; larger values give smaller gradients",
        json_schema_extra={"advanced": True},
    )

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _Dice(self.smooth)

    def formula(self) -> str:
        return "L = 1 − (2·Σ(q·y) + s)/(Σ(q²) + Σ(y²) + s)"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        return {**super().values(outputs, target, class_counts), "s": self.smooth}


class _Dice(nn.Module):
    def __init__(self, smooth: float) -> None:
        super().__init__()
        self.smooth = smooth

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        predicted, wanted = torch.softmax(outputs, dim=1), as_probabilities(targets, outputs)
        overlap = 2 * (predicted * wanted).sum(dim=1) + self.smooth
        return (1 - overlap / (predicted.square().sum(dim=1) + wanted.square().sum(dim=1) + self.smooth)).mean()
