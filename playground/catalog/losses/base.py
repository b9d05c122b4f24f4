"""What a loss declares."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.variant import Variant


class Loss(Variant):
    """What training minimizes.

    For each kind of answer (`Task.answer`), a loss is made for it (`tasks`), can be computed anyway (`elsewhere`), or cannot (`refused`).
    With an answer at every step, each step counts as an example: see `playground.catalog.answers`."""

    tasks: ClassVar[frozenset[str]]
    """Kinds of the tasks for which it is made."""
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Kinds of other tasks for which PyTorch can compute it, each with what to expect; "" if it learns well."""
    refused: ClassVar[Mapping[str, str]] = {}
    """Kinds of the tasks for which PyTorch cannot compute it, each with the reason."""

    activation: ClassVar[Literal["softmax", "sigmoid"] | None]
    """The function that it applies to the outputs itself, so that the network need not; None if it uses raw outputs."""
    one_hot: ClassVar[bool] = False
    """Whether it compares outputs with a one-hot vector rather than with the index of the class."""
    soft_targets: ClassVar[bool]
    """Whether targets may be class probabilities, as for mixed examples: (N, K) instead of (N,) classes, or one number in [0, 1] for a
    single output. Values can always be mixed."""

    @abstractmethod
    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        """A module (outputs (N, K), encoded targets) → scalar, the mean over the batch.

        class_counts: training examples of each class, for losses that weigh classes; () if unknown."""

    @abstractmethod
    def formula(self) -> str:
        """The loss L of one example with a certain target, as `playground.catalog.formulas`, with the names of `values`."""

    def slope(self) -> str:
        """The derivative of L by one of the outputs, as an expression in which the vectors of `values` stand for that output's numbers; ""
        if there is no short one."""
        return ""

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        """What the names in `formula` stand for, of one example. outputs: (K,); target: encoded for the loss, () or (K,).

        Always: o, the outputs; p, their probabilities, if the loss applies an activation; y, the target as numbers like the outputs; K, how
        many there are. In losses of classes, p is the probability of the true class, and q are those of all."""
        outputs = outputs.double()
        y = target.double() if target.ndim else torch.zeros_like(outputs).index_fill(0, target.long(), 1.0)
        values: dict[str, float | list[float]] = {"o": outputs.tolist(), "y": y.tolist(), "K": float(len(outputs))}
        if self.activation is not None:
            values["p"] = (torch.softmax(outputs, dim=0) if self.activation == "softmax" else torch.sigmoid(outputs)).tolist()
        return values

    @abstractmethod
    def outputs(self, dataset: Dataset) -> int:
        """The usual number of outputs on this dataset: that of the output layer."""

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        """All numbers of outputs with which PyTorch can compute it on this dataset, the usual one first."""
        return (self.outputs(dataset),)


def classes_of(dataset: Dataset) -> int:
    """One output per class or, for values, one per value."""
    return max(2, len(dataset.classes)) if dataset.task.has_classes else dataset.target_size
