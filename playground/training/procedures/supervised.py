"""Learning from examples with known answers."""

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from playground.catalog.answers import StepLoss
from playground.catalog.readouts import Readout
from playground.catalog.schedules import rescheduled, set_learning_rate
from playground.network.changing import LEARNING_RATE, Weight, apply, target
from playground.spec import ExperimentSpec
from playground.training.averaging import Average
from playground.training.penalty import penalized
from playground.training.procedures.base import Procedure
from playground.training.stepping import Stepper, learning


class Supervised(Procedure):
    """Minimizes a loss between outputs and targets, plus penalties on weights, by gradient descent.

    loss: of outputs and encoded targets, on the device. readout: encodes the targets of tasks per step. steps_per_epoch: by which the
    schedule plans. With weight averaging, the average is shown."""

    def __init__(self, spec: ExperimentSpec, model: nn.Module, loss: nn.Module, readout: Readout, steps_per_epoch: int) -> None:
        self.model = self.shown = model
        self._spec, self._base_rate = spec, spec.optimizer.lr
        self._settings: dict[str, float] = {}
        """Of layers, by path, that have changed: weights are in a state, attributes of modules are not."""
        self._optimizer = spec.optimizer.build(learning(model))
        self._steps_per_epoch = steps_per_epoch
        self._schedule = self._new_schedule()
        self._evaluates_epochs = isinstance(self._schedule, ReduceLROnPlateau)
        self._average = None if spec.training.ema is None else Average(model, spec.training.ema)
        if self._average is not None:
            self.shown = self._average.model
        of_batch = StepLoss(loss, readout.encode) if spec.data.task.per_step else loss
        self._stepper = Stepper(spec, model, penalized(spec, model, of_batch), self._optimizer)

    @property
    def evaluates_epochs(self) -> bool:
        return self._evaluates_epochs

    @property
    def learning_rate(self) -> float:
        rate: float = self._optimizer.param_groups[0]["lr"]
        return rate

    def take_step(self, inputs: Tensor, targets: Tensor) -> Tensor:
        loss = self._stepper(inputs, targets)
        if self._average is not None:
            self._average.update()
        if self._schedule is not None and not self._evaluates_epochs:
            self._schedule.step()
        return loss

    def epoch_evaluated(self, test_loss: float) -> None:
        if isinstance(self._schedule, ReduceLROnPlateau):
            self._schedule.step(test_loss)

    def change(self, path: str, value: float) -> bool:
        if path == LEARNING_RATE:
            set_learning_rate(self._optimizer, self._schedule, self._base_rate, value)
            self._base_rate = value
            return False
        changed = target(self._spec, path)
        apply(self.model, changed, value)
        if isinstance(changed, Weight):
            return True
        self._settings[path] = value
        return False

    def epoch_begins(self, steps: int, done: int) -> None:
        if steps == self._steps_per_epoch:
            return
        self._steps_per_epoch = steps
        if not self._evaluates_epochs:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # of a run that goes on, the optimizer has taken no step here yet
                self._schedule = rescheduled(self._new_schedule, self._optimizer, self._base_rate, done * steps)

    def _new_schedule(self) -> LRScheduler | None:
        return self._spec.schedule.build(self._optimizer, self._steps_per_epoch * self._spec.training.epochs, self._steps_per_epoch)

    def state(self) -> dict[str, Any]:
        return {
            "base_rate": self._base_rate,
            "settings": self._settings,
            "steps_per_epoch": self._steps_per_epoch,
            "weights": self.model.state_dict(),
            "average": None if self._average is None else self._average.state(),
            "optimizer": self._optimizer.state_dict(),
            "stepper": self._stepper.state(),
            "schedule": None if self._schedule is None else self._schedule.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._base_rate = state.get("base_rate", self._base_rate)  # earlier versions changed nothing
        self.epoch_begins(state.get("steps_per_epoch", self._steps_per_epoch), 0)  # what it has taken comes with its state
        for path, value in state.get("settings", {}).items():
            self.change(path, value)
        self.model.load_state_dict(state["weights"])
        if self._average is not None:
            self._average.restore(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        _lay_out(self._optimizer)
        self._stepper.restore(state["stepper"])
        if self._schedule is not None:
            self._schedule.load_state_dict(state["schedule"])


def _lay_out(optimizer: Optimizer) -> None:
    """Lays out what was loaded for each weight in memory as the weight itself is."""
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == weight.shape:
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)
