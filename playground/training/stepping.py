"""One training step: from a batch to the next weights."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import Optimizer

from playground.spec import ExperimentSpec
from playground.training.isolation import random_states, restore_random


def learning(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that are not frozen."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


class Stepper:
    """Updates the weights with a batch: inputs (N, *shape), targets → the loss before the step, a scalar on the device without a graph.

    loss_of: of outputs and targets, with all that is to be minimized."""

    def __init__(
        self,
        spec: ExperimentSpec,
        model: nn.Module,
        loss_of: Callable[[Tensor, Tensor], Tensor],
        optimizer: Optimizer,
    ) -> None:
        self._model, self._loss_of, self._optimizer = model, loss_of, optimizer
        self._clip_norm, self._clip_value = spec.training.clip_norm, spec.training.clip_value
        self._clips = self._clip_norm is not None or self._clip_value is not None
        self._learns = learning(model)
        self._device = self._learns[0].device
        mixed = spec.training.precision == "mixed"
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=mixed)
        self._step = self._mixed if mixed else self._with_closure if spec.optimizer.needs_closure else self._once

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        return self._step(inputs, targets)

    def state(self) -> dict[str, Any]:
        """The scale of the loss in mixed precision, for a checkpoint; see `restore`."""
        return self._scaler.state_dict()

    def restore(self, state: Mapping[str, Any]) -> None:
        if state:
            self._scaler.load_state_dict(dict(state))

    def _once(self, inputs: Tensor, targets: Tensor) -> Tensor:
        loss = self._backward(inputs, targets)
        self._optimizer.step()
        return loss.detach()

    def _backward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The loss; leaves its gradient in the parameters."""
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss_of(self._model(inputs), targets)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._clips:
            self._clip()
        return loss

    def _clip(self) -> None:
        if self._clip_value is not None:
            clip_grad_value_(self._learns, self._clip_value)
        if self._clip_norm is not None:
            clip_grad_norm_(self._learns, self._clip_norm)

    def _mixed(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Computes in half precision where possible; the loss is scaled up to keep small gradients, and steps that overflow are skipped."""
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self._device.type):
            outputs = self._model(inputs)
        loss = self._loss_of(outputs.float(), targets)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if self._clips:
            self._scaler.unscale_(self._optimizer)
            self._clip()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        return loss.detach()

    def _with_closure(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """For optimizers that evaluate a batch several times: each time with the same random numbers, hence the same dropout; running
        statistics are updated only once."""
        before = random_states(self._device)
        losses: list[Tensor] = []
        buffers: list[Tensor] = []

        def evaluate() -> Tensor:
            if losses:
                restore_random(self._device, before)
            loss = self._backward(inputs, targets)
            if not losses:
                buffers.extend(buffer.clone() for buffer in self._model.buffers())
            losses.append(loss.detach())
            return loss

        self._optimizer.step(evaluate)  # type: ignore[arg-type]  # a tensor, as PyTorch documents it
        with torch.no_grad():
            for buffer, kept in zip(self._model.buffers(), buffers, strict=True):
                buffer.copy_(kept)
        return losses[0]
