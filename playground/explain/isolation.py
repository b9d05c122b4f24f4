"""The copy of a network that explanations work on, so that they never change the network."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from playground.explain.errors import ExplainError


def isolated(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode that shares no weights and no gradients with the network; its weights need no gradients."""
    with torch.inference_mode(False):
        twin = copy.deepcopy(model).eval()
        for parameter in twin.parameters():
            parameter.grad = None
            parameter.requires_grad_(False)
        return twin


@contextmanager
def gradients() -> Iterator[None]:
    """Enables gradients whatever the caller's mode."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


def outputs_of(model: nn.Module, x: Tensor, gradients: bool = False) -> Tensor:
    """Raw outputs (N, K).

    Raises: ExplainError if the network cannot take x, or its outputs are not finite."""
    try:
        with torch.set_grad_enabled(gradients):
            outputs = model(x)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise ExplainError(f"x: the network cannot take an input of shape {tuple(x.shape)}: {reason}") from None
    if not isinstance(outputs, Tensor) or outputs.ndim != 2:
        raise ExplainError("model: must return outputs (N, K), one row per example")
    if not bool(torch.isfinite(outputs).all()):
        raise ExplainError("model: its outputs are not finite numbers; the training may have diverged")
    return outputs


def placed(x: Tensor, model: nn.Module) -> Tensor:
    """A detached copy of x on the network's device, in its floating-point type.

    Raises: ExplainError if x is not a batch of finite floating-point examples."""
    if x.ndim < 2 or 0 in x.shape:
        raise ExplainError(f"x: must be a batch of examples (N, …), got shape {tuple(x.shape)}")
    if not x.is_floating_point():
        raise ExplainError(f"x: must be floating-point values as the network takes them (use run.encode), got {x.dtype}")
    if not bool(torch.isfinite(x).all()):
        raise ExplainError("x: must hold finite numbers; this input has NaN or infinity")
    weights = next(model.parameters(), None)
    with torch.inference_mode(False):
        fresh = x.detach().clone()
        return fresh if weights is None else fresh.to(weights)
