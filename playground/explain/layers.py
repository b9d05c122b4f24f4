"""The layers of a network as one input sees them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor, nn

from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.explain.isolation import isolated, outputs_of, placed

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)
"""Over images: what they give are maps."""


@dataclass(frozen=True)
class LayerInfo:
    """name: as `named_modules` has it ("0", "3.1"). title: what it is, for a menu. shape: of its output for one example.
    convolution: whether it is one over images."""

    name: str
    title: str
    shape: tuple[int, ...]
    convolution: bool


def layers(model: nn.Module, x: Tensor) -> tuple[LayerInfo, ...]:
    """Every layer that works on the input x: (N, *shape), in the order in which they do; the model is left as it is.

    Only innermost modules and blocks, and of them those that give one tensor. Raises: ExplainError if the network cannot take x."""
    twin = isolated(model)
    found: dict[str, LayerInfo] = {}

    def see(name: str, module: nn.Module, output: object) -> None:
        if isinstance(output, Tensor):
            found[name] = LayerInfo(name, type(module).__name__, tuple(output.shape[1:]), isinstance(module, CONVOLUTIONS))

    with watched(twin, see):
        outputs_of(twin, placed(x[:1], twin))
    return tuple(found.values())


@contextmanager
def watched(model: nn.Module, see: Callable[[str, nn.Module, object], None]) -> Iterator[None]:
    """Calls `see(name, module, output)` whenever an innermost module or a block of the network has worked. For copies only."""

    def hook_of(name: str) -> Callable[[nn.Module, object, object], None]:
        return lambda module, inputs, output: see(name, module, output)

    handles = [
        module.register_forward_hook(hook_of(name))
        for name, module in model.named_modules()
        if isinstance(module, ResidualBlock | ParallelBlock) or not any(True for _ in module.children())
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
