"""Binary cross-entropy."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss


class BCE(Loss):
    """Cross-entropy for two classes from a single output: the logit of the second class.

    Applies sigmoid to the output itself, in a form that does not overflow. Shape: logits (N, 1), classes 0 or 1 as (N, 1) → scalar."""

    title: ClassVar[str] = "Binary cross-entropy"
    source: ClassVar[str] = "Cox 1958, J. R. Stat. Soc. B 20:215"
    tasks: ClassVar[frozenset[str]] = frozenset({"binary"})
    expects_logits: ClassVar[bool] = True
    soft_targets: ClassVar[bool] = True

    kind: Literal["bce"] = "bce"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.BCEWithLogitsLoss()

    def outputs(self, dataset: Dataset) -> int:
        return 1
