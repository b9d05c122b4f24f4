"""Cosine loss."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss, classes_of
from playground.catalog.losses.classes import as_probabilities


class Cosine(Loss):
    """One minus the cosine of the angle between outputs and target: only the direction counts, not the length.

    The target of a class is one-hot. Shape: outputs (N, K), classes (N,), probabilities or values (N, K) → scalar from 0 to 2."""

    title: ClassVar[str] = "Cosine loss"
    source: ClassVar[str] = "Barz and Denzler 2020, arXiv:1901.09054"
    tasks: ClassVar[frozenset[str]] = frozenset({"multiclass", "binary", "regression"})
    elsewhere: ClassVar[Mapping[str, str]] = {
        "reconstruction": "Cosine compares directions only: the network learns the shapes in an image, but not its brightness"
    }
    activation: ClassVar[Literal["softmax", "sigmoid"] | None] = None
    soft_targets: ClassVar[bool] = True

    kind: Literal["cosine"] = "cosine"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _Cosine()

    def formula(self) -> str:
        return "L = 1 − Σ(o·y)/(√Σ(o²)·√Σ(y²))"

    def outputs(self, dataset: Dataset) -> int:
        return classes_of(dataset)


class _Cosine(nn.Module):
    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return (1 - F.cosine_similarity(outputs, as_probabilities(targets, outputs), dim=1)).mean()
