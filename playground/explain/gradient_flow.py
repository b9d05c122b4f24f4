"""Vanishing gradients, measured: how much the loss still depends on what a layer read many steps before the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.examples import Split
from playground.catalog.layers import GRU, LSTM, RNN
from playground.catalog.layers.recurrent import Recurrent
from playground.explain.errors import ExplainError
from playground.explain.isolation import gradients, isolated, placed, valid_steps
from playground.network import readout
from playground.network.modules import module_name
from playground.paths import item, layers_in_order, spliced
from playground.spec import ExperimentSpec, SpecError

KINDS: tuple[type[Recurrent], ...] = (RNN, LSTM, GRU)


@dataclass(frozen=True)
class GradientFlow:
    """norms: norms[d] is the mean norm of the gradient d steps before the answer, over the examples that are long enough, as far as
    at least half of them are. examples: how many there were."""

    norms: tuple[float, ...]
    examples: int


def gradient_norms(model: nn.Module, x: Tensor, path: str, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """x: (N, …) → the norm of the gradient of each example's loss at what the layer at the path reads at each step: (N, L), 0 at padding,
    on the CPU. Computed on a copy, in float64, so that norms far below those of float32 are measured too.

    path: such as "network[1]". loss: the model's outputs (N, …) → (N,), the loss of each example.
    Raises: ExplainError if there is no such layer, it does not read steps, or the network cannot take x."""
    twin = isolated(model).double()
    inputs = placed(x, twin)
    try:
        module = twin.get_submodule(module_name(path))
    except (AttributeError, SpecError):
        raise ExplainError(f"{path[:80]}: the network has no such layer") from None
    read: list[Tensor] = []

    def keep(_: nn.Module, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        read.append(arguments[0].detach().requires_grad_())
        return (read[-1], *arguments[1:])

    handle = module.register_forward_pre_hook(keep)
    try:
        with gradients():
            total = loss(twin(inputs)).sum()
            if not read or read[0].ndim != 3:
                raise ExplainError(f"{path}: the layer does not read a sequence step by step")
            (gradient,) = torch.autograd.grad(total, read[0])
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise ExplainError(f"x: the network cannot take an input of shape {tuple(x.shape)}: {reason}") from None
    finally:
        handle.remove()
    norms: Tensor = gradient.norm(dim=2).cpu()
    return norms


def by_distance(norms: Tensor, ends: Tensor) -> tuple[float, ...]:
    """The mean of norms (N, L) by the distance from the step of the answer, `ends` (N,): of distance 0, 1, 2 …, as far as at least half of
    the examples go."""
    means = []
    for distance in range(int(ends.max()) + 1):
        rows = (ends >= distance).nonzero().squeeze(1)
        if 2 * len(rows) < len(ends):
            break
        means.append(float(norms[rows, ends[rows] - distance].mean()))
    return tuple(means)


def gradient_flow(spec: ExperimentSpec, model: nn.Module, path: str, examples: Split) -> GradientFlow:
    """How much the loss depends on what the layer at the path reads, by the distance from the answer: the last one of each example, where
    there is an answer at every step.

    Raises: ExplainError, as `gradient_norms`."""
    x = spec.data.encode(np.asarray(examples.inputs))
    targets = torch.from_numpy(np.array(examples.targets))
    reads, loss = readout(spec), spec.loss.build((1,) * len(spec.data.classes))
    answered = None
    if spec.data.task.per_step:
        answered = torch.where(targets != IGNORED, torch.arange(targets.shape[1]), 0).amax(dim=1)
        targets = targets.gather(1, answered[:, None]).squeeze(1)
    encoded = reads.encode(targets)
    encoded = encoded.double() if encoded.is_floating_point() else encoded

    def losses(outputs: Tensor) -> Tensor:
        answers = outputs if answered is None else outputs[torch.arange(len(outputs)), answered]
        return torch.stack([loss(answer[None], target[None]) for answer, target in zip(answers, encoded, strict=True)])

    norms = gradient_norms(model, x, path, losses)
    ends = answered
    if ends is None:
        mask = valid_steps(x, model)
        same = mask is not None and mask.shape == norms.shape  # a layer before it may have changed the steps
        ends = mask.sum(dim=1) - 1 if mask is not None and same else torch.full((len(x),), norms.shape[1] - 1)
    return GradientFlow(by_distance(norms, ends), len(x))


def recurrent_layers(spec: ExperimentSpec) -> dict[str, Recurrent]:
    """The recurrent layers of a network by their paths, in order."""
    return {path: layer for path, layer in layers_in_order(spec) if isinstance(layer, Recurrent)}


def with_kind(spec: ExperimentSpec, path: str, kind: type[Recurrent]) -> ExperimentSpec:
    """The same network with another kind of recurrent layer at the path, of the same size and settings."""
    settings = item(spec, path).model_dump(exclude={"kind"})
    return spliced(spec, path, 1, kind(**settings))
