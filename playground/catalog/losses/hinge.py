"""Hinge loss."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss


class Hinge(Loss):
    """Requires the true class to win by a margin, beyond which the loss is 0. The loss of support vector machines.

    Two classes, one output o and y = ±1: max(0, margin − y·o). More: the sum of max(0, margin − o_right + o_other) over the other classes,
    divided by K. Squared if set. The outputs are scores, not probabilities. Shape: scores (N, 1) and classes 0 or 1 as (N, 1), or
    scores (N, K) and classes (N,) → scalar."""

    title: ClassVar[str] = "Hinge loss"
    source: ClassVar[str] = "Cortes and Vapnik 1995, Machine Learning 20:273; several classes: Weston and Watkins 1999, ESANN"
    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary"})
    refused: ClassVar[Mapping[str, str]] = {
        "regression": "it needs class indices as targets, and these targets are values",
        "reconstruction": "it needs class indices as targets, and these targets are pixels",
    }
    activation: ClassVar[Literal["softmax", "sigmoid"] | None] = None
    soft_targets: ClassVar[bool] = False

    kind: Literal["hinge"] = "hinge"
    margin: float = Field(1.0, gt=0, le=100, title="Margin", description="Margin by which the true class must win")
    squared: bool = Field(False, title="Squared", description="Square each error: smoother, with a larger penalty for large errors")

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _Hinge(self.margin, 2 if self.squared else 1)

    def formula(self) -> str:
        return f"L = Σ(max(0, d){'²' if self.squared else ''})/k"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        """Also d, how far each answer is short of its margin, and k, by what their sum is divided."""
        outputs = outputs.double()
        if not target.ndim:
            others = torch.arange(len(outputs), device=outputs.device) != target
            short, count = (self.margin - outputs[int(target)] + outputs)[others], len(outputs)
        else:
            short, count = self.margin - (2 * target - 1) * outputs, 1
        return {**super().values(outputs, target, class_counts), "d": short.tolist(), "k": float(count)}

    def outputs(self, dataset: Dataset) -> int:
        return 1 if len(dataset.classes) <= 2 else len(dataset.classes)

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        return (1, 2) if len(dataset.classes) == 2 else (self.outputs(dataset),)


class _Hinge(nn.Module):
    def __init__(self, margin: float, power: int) -> None:
        super().__init__()
        self.margin, self.power = margin, power
        self.several = nn.MultiMarginLoss(p=power, margin=margin)

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        if outputs.shape[1] > 1:
            several: Tensor = self.several(outputs, targets)
            return several
        return (self.margin - (2 * targets - 1) * outputs).clamp_min(0).pow(self.power).mean()
