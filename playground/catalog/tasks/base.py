"""What a task declares."""

from collections.abc import Mapping
from typing import ClassVar

from playground.catalog.datasets.examples import Split
from playground.catalog.tensors import Array
from playground.catalog.variant import Variant


class Task(Variant):
    """What a network learns. How its outputs are read also depends on the loss: see `playground.catalog.readouts`."""

    has_classes: ClassVar[bool]
    """Whether each answer is a class; otherwise it consists of values."""
    per_step: ClassVar[bool] = False
    """Whether there is an answer at every step of a sequence; otherwise there is one per example."""

    @property
    def answer(self) -> str:
        """The kind of task that a single answer is: losses declare for which of these they are made."""
        return self.name()

    def naive(self, split: Split, outputs: int) -> Mapping[str, Array]:
        """Predictions (N, outputs) that need no network, by name, with which one is compared besides constants. outputs: values per
        example."""
        return {}
