"""The layers of a network, observed while an input passes through it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.layers.sequence_modules import Patches
from playground.catalog.layers.shapes import saved_bytes, storage_id
from playground.catalog.layers.step_modules import Conv1d
from playground.explain.isolation import isolated, outputs_of, placed

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d, Conv1d)
"""Convolutions over images and over steps × features: they output maps, which say where each filter finds its pattern."""


def has_maps(module: nn.Module) -> bool:
    """Whether a module is a convolution whose output keeps the positions of its input; patches become steps of a sequence."""
    return isinstance(module, CONVOLUTIONS) and not isinstance(module, Patches)


@dataclass(frozen=True)
class LayerInfo:
    """name: as in `named_modules` ("0", "3.1"). title: name of its class, for a menu. shape: of its output for one example.
    convolution: whether it outputs maps."""

    name: str
    title: str
    shape: tuple[int, ...]
    convolution: bool


def layers(model: nn.Module, x: Tensor) -> tuple[LayerInfo, ...]:
    """Every layer that runs for the input x: (N, *shape), in order of execution. The model is left unchanged.

    Only innermost modules and blocks that output a single tensor. Raises: ExplainError if the network cannot take x."""
    twin = isolated(model)
    infos: dict[str, LayerInfo] = {}

    def see(name: str, module: nn.Module, output: object) -> None:
        if isinstance(output, Tensor):
            infos[name] = LayerInfo(name, type(module).__name__, tuple(output.shape[1:]), has_maps(module))

    with watched(twin, see):
        outputs_of(twin, placed(x[:1], twin))
    return tuple(infos.values())


def gradient_bytes(model: nn.Module, x: Tensor, *fixed: Tensor) -> int:
    """Memory of the example x, (1, *shape), from its forward pass to the gradient at x: what autograd saves of it, and five times the
    largest tensor: what the backward pass holds at once with gradients and copies in a convolution's own memory layout
    (`python -m benchmarks.bounds`). model: an isolated copy. fixed: its other arguments.

    Raises: ExplainError if the network cannot take x."""
    example = x.detach().clone().requires_grad_()
    weights = {storage_id(tensor) for tensor in (*model.parameters(), *model.buffers())}
    largest = example.nbytes

    def see(name: str, module: nn.Module, output: object) -> None:
        nonlocal largest
        if isinstance(output, Tensor):
            largest = max(largest, output.nbytes)

    with saved_bytes() as saved, watched(model, see):
        outputs = outputs_of(model, example, *fixed, gradients=True)
    del outputs  # until here it holds what was saved, so that no two tensors have had the same storage
    return sum(size for storage, size in saved.items() if storage not in weights) + 5 * largest


@contextmanager
def watched(model: nn.Module, see: Callable[[str, nn.Module, object], None]) -> Iterator[None]:
    """Calls `see(name, module, output)` after each innermost module, block, or module that can be looked into has run. For copies only."""

    def hook_of(name: str) -> Callable[[nn.Module, object, object], None]:
        return lambda module, inputs, output: see(name, module, output)

    handles = [
        module.register_forward_hook(hook_of(name))
        for name, module in model.named_modules()
        if isinstance(module, ResidualBlock | ParallelBlock) or hasattr(module, "observe") or not any(True for _ in module.children())
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
