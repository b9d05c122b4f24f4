"""Which steps make up which epoch: epochs may have different numbers of steps, since the batch size may change between them."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Epochs:
    """The epoch in progress, and what came before it.

    done: epochs that are over. start: steps before this epoch. samples_before: examples used before it. steps, samples, batch_size: of this
    epoch."""

    steps: int
    samples: int
    batch_size: int
    done: int = 0
    start: int = 0
    samples_before: int = 0

    def begin_next(self) -> None:
        """This epoch is over, and one begins that is as long, unless `resize` says otherwise."""
        self.done, self.start, self.samples_before = self.done + 1, self.start + self.steps, self.samples_before + self.samples

    def resize(self, steps: int, samples: int, batch_size: int) -> None:
        """How many batches and examples there are in this epoch, and in each batch."""
        self.steps, self.samples, self.batch_size = steps, samples, batch_size

    def at(self, step: int) -> float:
        """Completed epochs plus the fraction of the current one, after a step of this epoch."""
        return self.done + (step - self.start) / self.steps

    def samples_at(self, step: int) -> int:
        """Examples used so far, counted every time they are used, after a step of this epoch."""
        epochs, steps = divmod(step - self.start, self.steps)
        return self.samples_before + epochs * self.samples + steps * self.batch_size

    def last_step(self, epochs: int) -> int:
        """The steps of a run of so many epochs, if the following ones are as long as this one."""
        return self.start + self.steps * (epochs - self.done)

    def state(self) -> tuple[int, int, int]:
        """For a checkpoint; see `restore`."""
        return self.done, self.start, self.samples_before

    def restore(self, state: Any, step: int) -> None:
        """state: None in a checkpoint of earlier versions, in which all epochs had the same length."""
        if state is None:
            done = max(0, step - 1) // self.steps
            state = done, done * self.steps, done * self.samples
        self.done, self.start, self.samples_before = state
