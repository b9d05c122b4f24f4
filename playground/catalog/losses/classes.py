"""Common parts of losses for classes: number of outputs, and targets as probabilities."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss, classes_of


class ClassLoss(Loss):
    """Takes one logit per class and applies softmax. For two classes a single output works too, but its softmax is always 1."""

    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary"})
    elsewhere: ClassVar[Mapping[str, str]] = {
        "regression": "This loss treats the values as probabilities: predictions sum to 1, and with negative targets it decreases without "
        "bound or is not a number",
        "reconstruction": "This loss treats each image as one probability distribution: its predicted pixels sum to 1, so every image "
        "comes out almost black",
    }
    activation: ClassVar[Literal["softmax", "sigmoid"] | None] = "softmax"
    soft_targets: ClassVar[bool] = True

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        values = super().values(outputs, target, class_counts)
        q = torch.softmax(outputs.double(), dim=0)
        likely = float(q[int(target)]) if not target.ndim else float((target * q.log()).sum().exp())  # a single output: 0 or 1
        return {**values, "q": q.tolist(), "p": likely}

    def outputs(self, dataset: Dataset) -> int:
        return classes_of(dataset)

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        return (2, 1) if len(dataset.classes) == 2 else (self.outputs(dataset),)


def as_probabilities(targets: Tensor, outputs: Tensor) -> Tensor:
    """Classes (N,), or probabilities (N, K) as they are → (N, K), of the type of the outputs."""
    return (targets if targets.is_floating_point() else F.one_hot(targets, outputs.shape[1])).to(outputs.dtype)
