"""The copy of a network that explanations work on, so that they never change the network, and inputs placed beside it."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from playground.catalog.tensors import PADDING_SYMBOL
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
    """Enables gradients whatever the caller's mode. cuDNN is off: in evaluation mode it has no backward pass of
    recurrent layers."""
    with torch.inference_mode(False), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        yield


def outputs_of(model: nn.Module, x: Tensor, *fixed: Tensor, gradients: bool = False) -> Tensor:
    """Raw outputs: one row per example (N, K) or, with an answer at every step, one per step (N, L, K). fixed: the model's other arguments.

    Raises: ExplainError if the network cannot take x, or its outputs are not finite."""
    try:
        with torch.set_grad_enabled(gradients):
            outputs = model(x, *fixed)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise ExplainError(f"x: the network cannot take an input of shape {tuple(x.shape)}: {reason}") from None
    if not isinstance(outputs, Tensor) or outputs.ndim not in (2, 3):
        raise ExplainError("model: must return outputs (N, K), one row per example, or (N, L, K), one per step")
    if not bool(torch.isfinite(outputs).all()):
        raise ExplainError("model: its outputs are not finite numbers; the training may have diverged")
    return outputs


def placed(x: Tensor, model: nn.Module) -> Tensor:
    """A detached copy of x on the network's device: symbols as they are, numbers in its floating-point type.

    Raises: ExplainError if x is not a batch of examples as the network takes them: finite numbers, with NaN only as its padding, or, if it
    has an embedding, symbols of its vocabulary. An example needs at least one valid step."""
    if x.ndim < 2 or 0 in x.shape:
        raise ExplainError(f"x: must be a batch of examples (N, …), got shape {tuple(x.shape)}")
    tables = embeddings(model)
    if tables:
        _check_symbols(x, min(table.num_embeddings for table in tables))
    elif not x.is_floating_point():
        raise ExplainError(f"x: must be floating-point values as the network takes them (use run.encode), got {x.dtype}")
    elif bool(x.isinf().any()) or (bool(x.isnan().any()) and not pads_with_nan(model)):
        raise ExplainError("x: must hold finite numbers; this input has NaN or infinity")
    mask = valid_steps(x, model)
    if mask is not None and not bool(mask.any(dim=1).all()):
        raise ExplainError(f"x: example {int(mask.any(dim=1).logical_not().nonzero()[0])} is empty: it has no step that is not padding")
    weights = next(model.parameters(), None)
    with torch.inference_mode(False):
        fresh = x.detach().clone()
        if weights is None:
            return fresh
        return fresh.to(weights.device) if tables else fresh.to(weights)


def embeddings(model: nn.Module) -> list[nn.Embedding]:
    """The tables that turn symbols into vectors; [] if the network takes numbers."""
    return [module for module in model.modules() if isinstance(module, nn.Embedding)]


def pads_with_nan(model: nn.Module) -> bool:
    """Whether NaN stands after the end of the network's inputs."""
    return getattr(model, "padding", "none") == "nan"


def valid_steps(x: Tensor, model: nn.Module) -> Tensor | None:
    """Which steps of x are not padding, bool (N, L); None if no input of this network can have padding."""
    if embeddings(model):
        return x != PADDING_SYMBOL
    return ~x.isnan().any(dim=2) if pads_with_nan(model) and x.ndim == 3 else None


def _check_symbols(x: Tensor, vocabulary: int) -> None:
    if x.is_floating_point() or x.dtype == torch.bool or x.ndim != 2:
        raise ExplainError(f"x: must be symbols, integers (N, L), since the network has an embedding; got {x.dtype} {tuple(x.shape)}")
    low, high = int(x.min()), int(x.max())
    if low < 0 or high >= vocabulary:
        raise ExplainError(f"x: symbols must be from 0 to {vocabulary - 1}, got {low if low < 0 else high}")
