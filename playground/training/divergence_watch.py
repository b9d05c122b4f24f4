"""Whether finite losses have grown far beyond those at the start of training."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TIMES = 1000
"""A loss is out of bounds above this many times the first loss and the loss of the best constant prediction."""
IN_A_ROW = 10
"""After this many consecutive losses out of bounds, training is diverging; after this many within bounds, it no longer is."""

_LEAST = 1e-3
"""The smallest loss to compare with, so that a run that starts at 0 or below is not considered diverging for a small loss."""


class DivergenceWatch:
    """Receives every training loss once.

    constant_loss: computes the loss of the best constant prediction; called at most once, when a loss is much larger than the first."""

    def __init__(self, constant_loss: Callable[[], float]) -> None:
        self._constant_loss = constant_loss
        self._first: float | None = None
        self._limit: float | None = None
        self._in_a_row = 0
        self.diverging = False
        """Whether the latest losses are out of bounds."""

    def add(self, losses: Sequence[float]) -> None:
        """The finite losses of the next steps."""
        for loss in losses:
            if self._first is None:
                self._first = loss
            if self.out_of_bounds(loss) == self.diverging:
                self._in_a_row = 0
                continue
            self._in_a_row += 1
            if self._in_a_row == IN_A_ROW:
                self.diverging, self._in_a_row = not self.diverging, 0

    def state(self) -> dict[str, Any]:
        """For a checkpoint; see `restore`."""
        return {"first": self._first, "in_a_row": self._in_a_row, "diverging": self.diverging}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._first, self._in_a_row, self.diverging = state["first"], state["in_a_row"], state["diverging"]

    def out_of_bounds(self, loss: float) -> bool:
        """Whether a loss is so large that only divergence can explain it."""
        if self._first is None or loss <= TIMES * max(self._first, _LEAST) or not math.isfinite(loss):
            return False
        if self._limit is None:
            self._limit = TIMES * max(self._first, self._constant_loss(), _LEAST)
        return loss > self._limit
