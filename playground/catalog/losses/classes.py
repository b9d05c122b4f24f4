"""What losses for classes have in common: outputs, and targets as probabilities."""

from typing import ClassVar

from torch import Tensor
from torch.nn import functional as F

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss


class ClassLoss(Loss):
    """For one number a class."""

    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary"})
    expects_logits: ClassVar[bool] = True
    soft_targets: ClassVar[bool] = True

    def outputs(self, dataset: Dataset) -> int:
        return max(2, len(dataset.classes))


def as_probabilities(targets: Tensor, outputs: Tensor) -> Tensor:
    """Classes (N,), or probabilities (N, K) as they are → (N, K), of the type of the outputs."""
    return (targets if targets.is_floating_point() else F.one_hot(targets, outputs.shape[1])).to(outputs.dtype)
