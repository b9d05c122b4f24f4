"""Cross-entropy with class weights."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.classes import ClassLoss

_MOST_CLASSES = 1000
_LARGEST = 1e6


class WeightedCrossEntropy(ClassLoss):
    """Cross-entropy in which a mistake in a rare class costs more than one in a common class.

    The mean of w·(−log p) over all examples, p the probability and w the weight of the true class. Balanced: w = N/(K·n) for a class
    with n of N training examples, so that all K classes have the same total weight; a class without examples keeps 1. Shape: logits (N, K),
    classes (N,) or probabilities (N, K) → scalar."""

    title: ClassVar[str] = "Weighted cross-entropy"
    source: ClassVar[str] = "King and Zeng 2001, Political Analysis 9:137"

    kind: Literal["weighted_cross_entropy"] = "weighted_cross_entropy"
    weights: Literal["balanced"] | tuple[float, ...] = Field(
        "balanced",
        title="Class weights",
        description="“balanced” gives rare classes larger weights; or one number per class, in order, such as 1, 2, 5",
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _numbers_above_zero(cls, weights: Any) -> Any:
        if weights == "balanced":
            return weights
        if not isinstance(weights, list | tuple) or not 2 <= len(weights) <= _MOST_CLASSES:
            raise ValueError(f"must be “balanced” or a list with one number per class, such as [1, 2, 5]; got {str(weights)[:60]!r}")
        for weight in weights:
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= _LARGEST:
                raise ValueError(f"every weight must be a number above 0 and at most {_LARGEST:,.0f}, got {str(weight)[:60]!r}")
        return weights

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        return (self.outputs(dataset),)

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        """Raises: ValueError if the number of weights differs from the number of classes."""
        if self.weights == "balanced":
            return _Weighted(balanced(class_counts))
        if class_counts and len(class_counts) != len(self.weights):
            raise ValueError(f"loss.weights: {len(class_counts)} classes need {len(class_counts)} weights, got {len(self.weights)}")
        return _Weighted(self.weights)

    def formula(self) -> str:
        return "L = −c·log(p)"

    def slope(self) -> str:
        return "c·(q − y)"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        """Also c, the weight of the true class."""
        weights = balanced(class_counts) if self.weights == "balanced" else self.weights
        return {**super().values(outputs, target, class_counts), "c": weights[int(target)] if weights else 1.0}


def balanced(class_counts: Sequence[int]) -> tuple[float, ...]:
    """Weights that make up for how rare each class is, like scikit-learn's "balanced"."""
    total, classes = sum(class_counts), sum(count > 0 for count in class_counts)
    return tuple(total / (classes * count) if count else 1.0 for count in class_counts)


class _Weighted(nn.Module):
    """weights: one per class; if empty, because no counts are known, all are 1."""

    weights: Tensor | None

    def __init__(self, weights: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("weights", torch.tensor(weights, dtype=torch.float32) if weights else None)

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        # PyTorch's mean divides by the sum of the batch's weights, so that the weight of a single example would cancel out.
        return F.cross_entropy(outputs, targets, self.weights, reduction="sum") / len(outputs)
