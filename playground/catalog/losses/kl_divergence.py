"""Kullback-Leibler divergence."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.losses.classes import ClassLoss, as_probabilities


class KLDivergence(ClassLoss):
    """How far predicted probabilities are from the target's: cross-entropy minus the entropy of the target, so that 0 is perfect.

    Σ y·(log y − log p) with the target y smoothed: 1 − ε + ε/K for the true class, ε/K for every other. Shape: logits (N, K), classes
    (N,) or probabilities (N, K) → scalar."""

    title: ClassVar[str] = "KL divergence"
    source: ClassVar[str] = "Kullback and Leibler 1951, Ann. Math. Statist. 22:79"

    kind: Literal["kl_divergence"] = "kl_divergence"
    smoothing: float = Field(0.1, ge=0, lt=1, title="Smoothing", description="Share of the target that is spread evenly over all classes")

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _KLDivergence(self.smoothing)

    def formula(self) -> str:
        return "L = Σ(y·(log(y) − log(q)))" if self.smoothing else "L = −log(p)"

    def slope(self) -> str:
        return "q − y"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        values = super().values(outputs, target, class_counts)
        smoothed = (1 - self.smoothing) * as_probabilities(target[None], outputs[None])[0].double() + self.smoothing / len(outputs)
        return {**values, "y": smoothed.tolist()}


class _KLDivergence(nn.Module):
    def __init__(self, smoothing: float) -> None:
        super().__init__()
        self.smoothing = smoothing

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        wanted = (1 - self.smoothing) * as_probabilities(targets, outputs) + self.smoothing / outputs.shape[1]
        return F.kl_div(torch.log_softmax(outputs, dim=1), wanted, reduction="batchmean")
