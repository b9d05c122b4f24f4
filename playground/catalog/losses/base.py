"""What a loss declares."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from torch import nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.variant import Variant


class Loss(Variant):
    """What training makes small."""

    tasks: ClassVar[frozenset[str]]
    """Kinds of the tasks whose targets it takes."""
    expects_logits: ClassVar[bool]
    """Whether it applies softmax or sigmoid itself, so that the network must not."""

    soft_targets: ClassVar[bool]
    """Whether a target may lie between classes, as mixed examples have it: (N, K) probabilities in the place of (N,) classes, one in
    [0, 1] where there is a single output. Values can always be mixed."""

    @abstractmethod
    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        """A module (outputs (N, K), encoded targets) → scalar, the mean over the batch.

        class_counts: training examples of each class, for losses that weigh classes; () where none are known."""

    @abstractmethod
    def outputs(self, dataset: Dataset) -> int:
        """How many numbers the network must give for an example of this dataset."""
