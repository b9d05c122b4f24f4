"""What a loss declares."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.variant import Variant


class Loss(Variant):
    """What training minimises.

    On each task a loss is in its place (`tasks`), runs all the same (`elsewhere`), or is refused (`refused`)."""

    tasks: ClassVar[frozenset[str]]
    """Kinds of the tasks that it is made for."""
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Kinds of other tasks on which PyTorch runs it, each with what one will see there; "" where it learns well."""
    refused: ClassVar[Mapping[str, str]] = {}
    """Kinds of the tasks on which PyTorch cannot run it, each with the reason."""

    activation: ClassVar[Literal["softmax", "sigmoid"] | None]
    """What it applies to the outputs itself, so that the network need not; None if it takes them as they are."""
    one_hot: ClassVar[bool] = False
    """Whether it compares several outputs with a vector of 0 and 1 rather than with the index of the class."""
    soft_targets: ClassVar[bool]
    """Whether a target may lie between classes, as for mixed examples: (N, K) probabilities instead of (N,) classes, or one in
    [0, 1] if there is a single output. Values can always be mixed."""

    @abstractmethod
    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        """A module (outputs (N, K), encoded targets) → scalar, the mean over the batch.

        class_counts: training examples of each class, for losses that weigh classes; () if unknown."""

    @abstractmethod
    def outputs(self, dataset: Dataset) -> int:
        """The usual number of outputs for an example of this dataset: that of the output layer."""

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        """Every number of outputs with which PyTorch can run it on this dataset, the usual one first."""
        return (self.outputs(dataset),)


def classes_of(dataset: Dataset) -> int:
    """One output per class; for values, one per value."""
    return max(2, len(dataset.classes)) if dataset.task.has_classes else dataset.target_size
