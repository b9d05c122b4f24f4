"""The losses of a run, step by step: kept on the device until they are needed."""

import math
from collections import deque

import torch
from torch import Tensor

from playground.training.divergence_watch import DivergenceWatch
from playground.training.epochs import Epochs
from playground.training.events import Progress

_RATE_SECONDS = 1.0


class Ledger:
    """The loss of every step, and which of them are not yet reported.

    epochs: to convert steps to epochs and examples. divergence: receives each finite loss."""

    def __init__(self, epochs: Epochs, divergence: DivergenceWatch) -> None:
        self._epochs = epochs
        self._divergence = divergence
        self.step = 0
        """Steps taken."""
        self.failure: tuple[int, float, float] | None = None
        """The first step whose loss was not finite, with that loss and the learning rate."""
        self._on_device: list[Tensor] = []
        self._learning_rates: list[float] = []
        self._losses: list[float] = []
        self._learning_rate = 0.0
        self._rates: deque[tuple[float, int]] = deque([(0.0, 0)])

    def add(self, loss: Tensor, learning_rate: float) -> None:
        """Adds a step. loss: scalar on the device, without a graph."""
        self._on_device.append(loss)
        self._learning_rates.append(learning_rate)
        self.step += 1

    def restore(self, step: int, seconds: float) -> None:
        """Continues after `step` steps that took `seconds`."""
        self.step = step
        self._rates = deque([(seconds, self.samples)])

    @property
    def epoch(self) -> float:
        """Completed epochs plus the fraction of the current one."""
        return self._epochs.at(self.step)

    @property
    def samples(self) -> int:
        """Training examples used so far, counted every time they are used."""
        return self._epochs.samples_at(self.step)

    def collect(self) -> None:
        """Reads the losses from the device at once and finds the first that is not finite; later ones are dropped."""
        if not self._on_device or self.failure is not None:
            return
        first, known = self.step - len(self._on_device) + 1, len(self._losses)
        for index, loss in enumerate(torch.stack(self._on_device).tolist()):
            if not math.isfinite(loss):
                self.failure = (first + index, loss, self._learning_rates[index])
                self.step = first + index - 1
                break
            self._losses.append(loss)
            self._learning_rate = self._learning_rates[index]
        self._divergence.add(self._losses[known:])
        self._on_device.clear()
        self._learning_rates.clear()

    def progress(self, seconds: float) -> Progress | None:
        """The collected losses that are not yet reported; None if there are none. seconds: of the run so far."""
        if not self._losses:
            return None
        steps = tuple(range(self.step - len(self._losses) + 1, self.step + 1))
        losses = tuple(self._losses)
        self._losses.clear()
        rate = self._samples_per_second(seconds)
        return Progress(steps, losses, self.epoch, seconds, self._learning_rate, rate, self._divergence.diverging)

    def _samples_per_second(self, seconds: float) -> float:
        """Averaged over about the last second."""
        self._rates.append((seconds, self.samples))
        while len(self._rates) > 2 and self._rates[1][0] <= seconds - _RATE_SECONDS:
            self._rates.popleft()
        since, samples = self._rates[0]
        return (self.samples - samples) / (seconds - since) if seconds > since else 0.0
