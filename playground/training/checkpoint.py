"""Everything that a run needs to continue as if it had never been interrupted."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from playground.training.budget import CHECKPOINT_SHARE, Budget
from playground.training.control import Control
from playground.training.execution import Execution

CHECKPOINT_SECONDS = 0.75
"""Minimum time between two checkpoints that nobody asked for."""


class CheckpointError(Exception):
    """A checkpoint does not belong to this network or is incomplete."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run after `step` steps and `seconds` of training without pauses. From it `train` continues with bit-identical losses on the CPU, on
    as many threads and in the same memory format as before.

    state: the weights, the state of optimizer, schedule and averaged weights, the random states, the position in the epoch, and what
    decides about the end; a tree of dictionaries, lists, tuples, tensors on the CPU, numbers, strings and None."""

    step: int
    seconds: float
    execution: Execution
    state: Mapping[str, Any]


class Checkpointer:
    """Makes a checkpoint when one is wanted, and by the clock as often as its share of the run's processor time allows.

    Processor time, because other processes may interrupt a copy of a millisecond for hundreds. make: copies the state."""

    def __init__(self, make: Callable[[], Checkpoint], control: Control) -> None:
        self._make, self._control = make, control
        self._budget = Budget()
        self._budget.settle(time.thread_time())
        self._made_at = time.perf_counter()

    def pulse(self) -> Iterator[Checkpoint]:
        """The checkpoint that is due or wanted between two steps, if one is."""
        is_affordable = self._budget.affords(time.thread_time(), CHECKPOINT_SHARE)
        is_due = is_affordable and time.perf_counter() - self._made_at >= CHECKPOINT_SECONDS
        if self._control.checkpoint or is_due:
            yield from self.now()

    def now(self) -> Iterator[Checkpoint]:
        self._control.checkpoint = False
        self._made_at, began = time.perf_counter(), time.thread_time()
        yield self._make()
        self._budget.spend(time.thread_time() - began)


def copied(state: Any) -> Any:
    """A copy of a tree of dictionaries, lists and tuples with its tensors on the CPU, independent of the run."""
    match state:
        case Tensor():
            return state.detach().to("cpu", copy=True)
        case Mapping():
            return {key: copied(value) for key, value in state.items()}
        case list() | tuple():
            return type(state)(copied(value) for value in state)
        case _:
            return state
