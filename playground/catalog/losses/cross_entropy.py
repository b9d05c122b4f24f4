"""Cross-entropy."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss


class CrossEntropy(Loss):
    """Surprise at the right class: minus the logarithm of the probability that the network gives it. The usual loss for classes.

    Applies softmax to the outputs itself. Shape: logits (N, K), classes (N,) → scalar. With label smoothing ε the right class
    has the target 1 − ε + ε/K and every other ε/K (Szegedy et al. 2016)."""

    title: ClassVar[str] = "Cross-entropy"
    source: ClassVar[str] = "Bridle 1990, NIPS 2; label smoothing: Szegedy et al. 2016, arXiv:1512.00567"
    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary"})
    expects_logits: ClassVar[bool] = True
    soft_targets: ClassVar[bool] = True

    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, title="Label smoothing", description="Share of the target spread evenly over all classes, against overconfidence"
    )

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def outputs(self, dataset: Dataset) -> int:
        return max(2, len(dataset.classes))
