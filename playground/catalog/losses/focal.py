"""Focal loss."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.losses.classes import ClassLoss, as_probabilities


class Focal(ClassLoss):
    """Cross-entropy that gives little weight to examples that are already correct, so that hard and rare ones are learned.

    Σ α·y·(1 − p)^γ·(−log p) over the classes, p their probabilities and y the target; γ = 0 is cross-entropy. Alpha, where there are two
    classes: the second weighs α, the first 1 − α. Shape: logits (N, K), classes (N,) or probabilities (N, K) → scalar."""

    title: ClassVar[str] = "Focal loss"
    source: ClassVar[str] = "Lin et al. 2017, arXiv:1708.02002"

    kind: Literal["focal"] = "focal"
    gamma: float = Field(2.0, ge=0, le=10, title="Gamma", description="How strongly correct examples are down-weighted")
    alpha: float | None = Field(
        None,
        gt=0,
        lt=1,
        title="Alpha",
        description="Weight of the second of two classes; the first gets 1 minus this",
        json_schema_extra={"advanced": True, "none": "equal weights"},
    )

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _Focal(self.gamma, self.alpha)

    def formula(self) -> str:
        return "L = −(1 − p)^γ·log(p)" if self.alpha is None else "L = −α·(1 − p)^γ·log(p)"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        weighs = self.alpha is not None and len(outputs) == 2
        alpha = 1.0 if self.alpha is None or not weighs else self.alpha if int(target) else 1 - self.alpha
        return {**super().values(outputs, target, class_counts), "γ": self.gamma, "α": alpha}


class _Focal(nn.Module):
    def __init__(self, gamma: float, alpha: float | None) -> None:
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        logarithms = torch.log_softmax(outputs, dim=1)  # (N, K)
        # 1 − p: exact where p is next to 1, and kept above 0, where the slope of its power need not be finite.
        missing = (-torch.expm1(logarithms)).clamp_min(torch.finfo(outputs.dtype).tiny)
        losses = -as_probabilities(targets, outputs) * missing**self.gamma * logarithms
        if self.alpha is not None and outputs.shape[1] == 2:
            losses = losses * losses.new_tensor([1 - self.alpha, self.alpha])
        return losses.sum(dim=1).mean()
