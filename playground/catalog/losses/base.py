"""What a loss declares."""

from abc import abstractmethod
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

    @abstractmethod
    def build(self) -> nn.Module:
        """A module (outputs (N, K), encoded targets) → scalar, the mean over the batch."""

    @abstractmethod
    def outputs(self, dataset: Dataset) -> int:
        """How many numbers the network must give for an example of this dataset."""
