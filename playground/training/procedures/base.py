"""What a procedure is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn


class Procedure(ABC):
    """How a network learns: from one batch to the next weights, with everything that changes along the way.

    The engine decides when: it hands out batches, reads losses, evaluates and publishes between two steps, and knows of the procedure only
    what stands here.

    model: learns; its parameters are on the device of the run, in the memory format in which it computes. shown: the network that is
    evaluated, shown and saved, which may be another one."""

    model: nn.Module
    shown: nn.Module

    @property
    def evaluates_epochs(self) -> bool:
        """Whether it needs an evaluation after every epoch, see `epoch_evaluated`."""
        return False

    @property
    @abstractmethod
    def learning_rate(self) -> float:
        """Of the next step."""

    @abstractmethod
    def take_step(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Updates the weights with a batch: inputs (N, *shape), encoded targets → what it minimizes, before the step: a scalar on the
        device without a graph."""

    @abstractmethod
    def epoch_evaluated(self, test_loss: float) -> None:
        """After an epoch, with the loss on the whole test set; called only if it `evaluates_epochs`, or the run ends by such results."""

    @abstractmethod
    def change(self, path: str, value: float) -> bool:
        """Between two steps: a setting, or a single weight, has another value from now on. The caller has checked both
        (`network.changing`). Returns whether the network computes something else now."""

    @abstractmethod
    def epoch_begins(self, steps: int, done: int) -> None:
        """Before an epoch, or what is left of one. steps: in this epoch and, as far as is known, in those after it; done: epochs before
        it."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """For a checkpoint, between two steps: a tree of dictionaries, lists, tuples, tensors, numbers, strings and None, not copied."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any]) -> None:
        """Continues from a state. The tensors become the procedure's own.

        Raises: KeyError, ValueError, TypeError, RuntimeError or AttributeError if it is of another spec."""
