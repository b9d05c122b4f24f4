"""Hinge loss."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss


class Hinge(Loss):
    """Asks that the right answer wins by a margin, and is content from there on, as support vector machines are.

    Two classes, one output o and y = ±1: max(0, margin − y·o). More: the sum of max(0, margin − o_right + o_other) over the other classes,
    divided by K. Squared where asked for. The outputs are scores, not probabilities. Shape: scores (N, 1) and classes 0 or 1 as (N, 1), or
    scores (N, K) and classes (N,) → scalar."""

    title: ClassVar[str] = "Hinge"
    source: ClassVar[str] = "Cortes and Vapnik 1995, Machine Learning 20:273; several classes: Weston and Watkins 1999, ESANN"
    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary"})
    expects_logits: ClassVar[bool] = False
    soft_targets: ClassVar[bool] = False

    kind: Literal["hinge"] = "hinge"
    margin: float = Field(1.0, gt=0, le=100, title="Margin", description="By how much the right answer has to win")
    squared: bool = Field(False, title="Squared", description="Let a mistake cost its square: smooth, and harder on large ones")

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _Hinge(self.margin, 2 if self.squared else 1)

    def outputs(self, dataset: Dataset) -> int:
        return 1 if len(dataset.classes) <= 2 else len(dataset.classes)


class _Hinge(nn.Module):
    def __init__(self, margin: float, power: int) -> None:
        super().__init__()
        self.margin, self.power = margin, power
        self.several = nn.MultiMarginLoss(p=power, margin=margin)

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        if outputs.shape[1] > 1:
            found: Tensor = self.several(outputs, targets)
            return found
        return (self.margin - (2 * targets - 1) * outputs).clamp_min(0).pow(self.power).mean()
