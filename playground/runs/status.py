"""The current numbers of a run."""

from collections.abc import Mapping
from typing import Any

from playground.runs.thinning import finite
from playground.training.events import Diverged, Evaluated, Event, Finished, Progress, Started

NUMBERS = (
    "epoch", "epochs", "step", "steps_per_epoch", "loss", "evaluated_step", "samples_per_second", "seconds", "seconds_left", "device",
    "device_name", "learning_rate", "parameters", "diverging", "baselines", "threads", "memory_format",
)  # fmt: skip
"""The keys of `Numbers.current` that are present from the start; those of the declared metrics ("test_accuracy") follow when the run has
started. seconds: of training, without pauses; seconds_left: until the last epoch or the time limit, None if unknown or if the run has
ended. `loss` is the newest batch's; metrics are those of the newest evaluation, made after `evaluated_step` steps. diverging: whether
finite losses have run away. baselines: as in `Started`."""


class Numbers:
    """The newest numbers from a run's events, ready for JSON; None where there is none yet."""

    def __init__(self, epochs: int, seconds_limit: float | None = None) -> None:
        self._limit = seconds_limit
        self.current: dict[str, Any] = dict.fromkeys(NUMBERS)
        self.current.update(epochs=epochs, epoch=0.0, step=0)

    def restore(self, numbers: Mapping[str, Any]) -> None:
        """Continues from numbers that were stored."""
        self.current = {**self.current, **numbers}

    def add(self, event: Event) -> None:
        """Replaces the dictionary atomically, so that a reader in another thread sees numbers of the same moment."""
        reported = _reported(event)
        if reported:
            numbers = {**self.current, **{name: finite(value) if isinstance(value, float) else value for name, value in reported.items()}}
            ended = isinstance(event, Diverged | Finished)
            self.current = {**numbers, "seconds_left": None if ended else self._seconds_left(numbers)}

    def _seconds_left(self, numbers: dict[str, Any]) -> float | None:
        epoch, seconds = float(numbers["epoch"] or 0), float(numbers["seconds"] or 0)
        if not epoch or not seconds:
            return None
        left: float = (numbers["epochs"] - epoch) * seconds / epoch
        left = left if self._limit is None else min(left, self._limit - seconds)
        return round(max(0.0, left), 1)


def _reported(event: Event) -> dict[str, Any]:
    match event:
        case Started():
            return {
                "device": event.device,
                "device_name": event.device_name,
                "parameters": event.parameters,
                "epochs": event.epochs,
                "steps_per_epoch": event.steps_per_epoch,
                "baselines": event.baselines,
                "threads": event.execution.threads,
                "memory_format": event.execution.memory_format,
                "step": event.step,
                "epoch": event.epoch,
                **dict.fromkeys(event.declared.columns),
            }
        case Progress() if event.steps:
            return {
                "step": event.steps[-1],
                "epoch": event.epoch,
                "loss": event.losses[-1],
                "seconds": event.seconds,
                "learning_rate": event.learning_rate,
                "samples_per_second": event.samples_per_second,
                "diverging": event.diverging,
            }
        case Evaluated():
            return {"evaluated_step": event.step, **event.columns}
        case Diverged():
            return {"step": event.step, "loss": event.loss, "learning_rate": event.learning_rate}
        case Finished():
            totals = {"step": event.step, "epoch": event.epoch, "seconds": event.seconds, "samples_per_second": event.samples_per_second}
            return totals | event.columns
        case _:
            return {}
