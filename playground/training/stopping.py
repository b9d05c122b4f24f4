"""Ending a run by what it reaches on the test set."""

import math
from typing import Any

from playground.spec import StopConditions
from playground.training.events import Evaluated, Reason


class Stopping:
    """Judges the evaluations after each epoch of a run whose conditions need them."""

    def __init__(self, conditions: StopConditions) -> None:
        self._target, self._patience = conditions.target_accuracy, conditions.patience
        self._best_loss, self._epochs_without_better, self._step = math.inf, 0, 0

    @property
    def evaluates_epochs(self) -> bool:
        """Whether it needs an evaluation after every epoch."""
        return self._target is not None or self._patience is not None

    def has_judged(self, step: int) -> bool:
        """Whether the epoch that ends with this step has been judged, as in a run that continues from its end."""
        return self._step == step

    def judge(self, evaluated: Evaluated) -> Reason | None:
        """Why the run ends now, if it does. evaluated: on the whole test set, after an epoch."""
        self._step = evaluated.step
        self._epochs_without_better = 0 if evaluated.test_loss < self._best_loss else self._epochs_without_better + 1
        self._best_loss = min(self._best_loss, evaluated.test_loss)
        if self._target is not None and (evaluated.test_accuracy or 0.0) >= self._target:
            return "target_accuracy"
        if self._patience is not None and self._epochs_without_better >= self._patience:
            return "patience"
        return None

    def state(self) -> tuple[float, int, int]:
        """For a checkpoint; see `restore`."""
        return self._best_loss, self._epochs_without_better, self._step

    def restore(self, state: Any) -> None:
        self._best_loss, self._epochs_without_better, self._step = state
