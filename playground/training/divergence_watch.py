"""Whether finite losses have run away from what training began with."""

import math
from collections.abc import Callable, Sequence

TIMES = 1000
"""Above so many times the first loss, and the loss of the best constant prediction, a loss is out of bounds."""
IN_A_ROW = 10
"""After so many losses out of bounds one after the other, training is diverging; after so many within them, no longer."""


_LEAST = 1e-3
"""What losses are compared with at least, so that a run that begins at 0, or below, is not diverging for a small loss."""


class DivergenceWatch:
    """Sees every training loss once.

    constant_loss: that of the best constant prediction, asked for once at most, when a loss is large against the first."""

    def __init__(self, constant_loss: Callable[[], float]) -> None:
        self._constant_loss = constant_loss
        self._first: float | None = None
        self._limit: float | None = None
        self._in_a_row = 0
        self.diverging = False
        """Whether the last losses are out of bounds."""

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

    def out_of_bounds(self, loss: float) -> bool:
        """Whether a loss is so large that only divergence explains it."""
        if self._first is None or loss <= TIMES * max(self._first, _LEAST) or not math.isfinite(loss):
            return False
        if self._limit is None:
            self._limit = TIMES * max(self._first, self._constant_loss(), _LEAST)
        return loss > self._limit
