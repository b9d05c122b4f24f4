"""What is inside a layer for given inputs: its output, and what its module shows of itself, such as attention, gates or states."""

from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from playground.explain.errors import ExplainError
from playground.explain.isolation import isolated
from playground.network.modules import module_name
from playground.spec import SpecError


def observe(model: nn.Module, x: Tensor, path: str, name: str = "output") -> Tensor:
    """What `name` is in the layer at the path, for inputs x (N, …) as the network takes them: (N, …), on the CPU. Computed on a copy.

    path: such as "network[2]" or "network[2].layers[0]". name: one of the layer's `observes`, such as "attention" (N, heads, query, key),
    "hidden" (N, L, units) or "gates" (N, L, gates, units). Padding has zeros there.
    Raises: ExplainError if there is no such layer, if it shows nothing of that name, or if the network cannot take x."""
    twin = isolated(model)
    try:
        module = twin.get_submodule(module_name(path))
    except (AttributeError, SpecError):
        raise ExplainError(f"{path[:80]}: the network has no such layer") from None
    if name != "output" and not hasattr(module, "observe"):
        raise ExplainError(f"{path}: {type(module).__name__} shows only its output, not {name!r}")
    try:
        inputs = _inputs(twin, module, x)
        with torch.no_grad():
            seen: Tensor = module(*inputs) if name == "output" else module.observe(name, *inputs)  # type: ignore[operator]
    except KeyError:
        raise ExplainError(f"{path}: {type(module).__name__} has no {name!r} to look at") from None
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise ExplainError(f"x: the network cannot take an input of shape {tuple(x.shape)}: {reason}") from None
    return seen.detach().cpu()


class _ReachedError(Exception):
    """The network has come to the module."""


def _inputs(model: nn.Module, module: nn.Module, x: Tensor) -> tuple[Any, ...]:
    """What the module is called with when x passes through the model: its input and, where it takes one, the mask of valid steps."""
    reached: list[tuple[Any, ...]] = []

    def keep(_: nn.Module, inputs: tuple[Any, ...]) -> NoReturn:
        reached.append(inputs)
        raise _ReachedError

    handle = module.register_forward_pre_hook(keep)
    weights = next((parameter for parameter in model.parameters()), None)
    device = x.device if weights is None else weights.device
    try:
        with torch.no_grad():
            model(x.detach().to(device))
    except _ReachedError:
        return reached[0]
    finally:
        handle.remove()
    raise ValueError("the layer is not used for it")
