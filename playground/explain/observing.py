"""What is inside a layer for given inputs: its output, and what its module shows of itself, such as attention, gates or states."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
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
    module = _module(twin, path, name)
    with _refusing(x):
        inputs = _inputs(twin, module, x)
        return _seen(module, path, name, inputs)


class Observer:
    """Looks into several layers of a network in one pass, again and again: what `observe` gives, for inputs that follow one another fast.

    Keeps one copy of the network, made at first. name: what to look at, one of the `observes` of all layers at the paths.
    Raises: ExplainError if there is no such layer, or if one shows nothing of that name."""

    def __init__(self, model: nn.Module, paths: Sequence[str], name: str) -> None:
        self._twin, self._name, self._lock = isolated(model), name, threading.Lock()
        self._modules = {path: _module(self._twin, path, name) for path in paths}

    def look(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The raw outputs for inputs x (N, …), and by path what is seen in each layer.

        Raises: ExplainError if the network cannot take x."""
        inputs: dict[str, tuple[Any, ...]] = {}

        def keep(path: str, _: nn.Module, reached: tuple[Any, ...]) -> None:
            inputs[path] = reached

        with self._lock, _refusing(x):
            handles = [module.register_forward_pre_hook(partial(keep, path)) for path, module in self._modules.items()]
            try:
                with torch.no_grad():
                    outputs: Tensor = self._twin(_placed(self._twin, x))
            finally:
                for handle in handles:
                    handle.remove()
            return outputs.cpu(), {path: _seen(module, path, self._name, inputs[path]) for path, module in self._modules.items()}


def _module(model: nn.Module, path: str, name: str) -> nn.Module:
    """The module of the layer at the path, which shows `name`. Raises: ExplainError."""
    try:
        module = model.get_submodule(module_name(path))
    except (AttributeError, SpecError):
        raise ExplainError(f"{path[:80]}: the network has no such layer") from None
    if name != "output" and not hasattr(module, "observe"):
        raise ExplainError(f"{path}: {type(module).__name__} shows only its output, not {name!r}")
    return module


def _seen(module: nn.Module, path: str, name: str, inputs: tuple[Any, ...]) -> Tensor:
    """What a module shows when it is called with these inputs. Raises: ExplainError if it shows nothing of that name."""
    try:
        with torch.no_grad():
            seen: Tensor = module(*inputs) if name == "output" else module.observe(name, *inputs)  # type: ignore[operator]
    except KeyError:
        raise ExplainError(f"{path}: {type(module).__name__} has no {name!r} to look at") from None
    return seen.detach().cpu()


@contextmanager
def _refusing(x: Tensor) -> Iterator[None]:
    """Errors of a network that cannot take x become ExplainErrors."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        reason = str(error).split("\n")[0][:160]
        raise ExplainError(f"x: the network cannot take an input of shape {tuple(x.shape)}: {reason}") from None


def _placed(model: nn.Module, x: Tensor) -> Tensor:
    """The inputs x on the device of the network's weights."""
    weights = next((parameter for parameter in model.parameters()), None)
    return x.detach().to(x.device if weights is None else weights.device)


class _ReachedError(Exception):
    """The network has come to the module."""


def _inputs(model: nn.Module, module: nn.Module, x: Tensor) -> tuple[Any, ...]:
    """What the module is called with when x passes through the model: its input and, where it takes one, the mask of valid steps."""
    reached: list[tuple[Any, ...]] = []

    def keep(_: nn.Module, inputs: tuple[Any, ...]) -> NoReturn:
        reached.append(inputs)
        raise _ReachedError

    handle = module.register_forward_pre_hook(keep)
    try:
        with torch.no_grad():
            model(_placed(model, x))
    except _ReachedError:
        return reached[0]
    finally:
        handle.remove()
    raise ValueError("the layer is not used for it")
