"""Cross-entropy."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from playground.catalog.losses.classes import ClassLoss


class CrossEntropy(ClassLoss):
    """Minus the logarithm of the predicted probability of the true class. The usual loss for classes.

    Applies softmax to the outputs itself. Shape: logits (N, K), classes (N,) or probabilities (N, K) → scalar. With label smoothing ε
    the true class has the target 1 − ε + ε/K and every other ε/K (Szegedy et al. 2016)."""

    title: ClassVar[str] = "Cross-entropy"
    source: ClassVar[str] = "Bridle 1990, NIPS 2; label smoothing: Szegedy et al. 2016, arXiv:1512.00567"

    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Label smoothing",
        description="Share of the target that is spread evenly over all classes, to prevent overconfidence",
    )

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def formula(self) -> str:
        return "L = −(1 − ε)·log(p) − ε/K·Σ(log(q))" if self.label_smoothing else "L = −log(p)"

    def slope(self) -> str:
        return "q − (1 − ε)·y − ε/K" if self.label_smoothing else "q − y"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        return {**super().values(outputs, target, class_counts), "ε": self.label_smoothing}
