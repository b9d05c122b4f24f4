"""Binary cross-entropy."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss, classes_of


class BCE(Loss):
    """Cross-entropy for yes-or-no decisions: two classes with a single output, or one output per class or pixel.

    Applies the sigmoid to the outputs itself, in a form that does not overflow. Shape: logits (N, K), targets in [0, 1] (N, K) → scalar,
    the mean over examples and outputs."""

    title: ClassVar[str] = "Binary cross-entropy"
    source: ClassVar[str] = "Cox 1958, J. R. Stat. Soc. B 20:215"
    tasks: ClassVar[frozenset[str]] = frozenset({"binary"})
    elsewhere: ClassVar[Mapping[str, str]] = {
        "multiclass": "",
        "reconstruction": "",
        "regression": "Binary cross-entropy predicts values between 0 and 1 only; for targets outside, the loss decreases without "
        "bound, and the outputs grow until training diverges",
    }
    activation: ClassVar[Literal["softmax", "sigmoid"] | None] = "sigmoid"
    one_hot: ClassVar[bool] = True
    soft_targets: ClassVar[bool] = True

    kind: Literal["bce"] = "bce"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.BCEWithLogitsLoss()

    def formula(self) -> str:
        return "L = mean(−y·log(p) − (1 − y)·log(1 − p))"

    def slope(self) -> str:
        return "(p − y)/K"

    def outputs(self, dataset: Dataset) -> int:
        return 1 if len(dataset.classes) == 2 else classes_of(dataset)

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        return (1, 2) if len(dataset.classes) == 2 else (self.outputs(dataset),)
