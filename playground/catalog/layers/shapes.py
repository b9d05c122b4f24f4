"""Output shapes of layers, measured by passing empty tensors through them on the meta device, which computes nothing."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Condition
from typing import Any, NamedTuple

import torch
from cachetools import LRUCache, cached
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from playground.catalog.layers.base import Layer, Shape
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.sizes import check_numbers

_EXAMPLES = 2
"""Size of the batch: batch normalization cannot measure the variance of a single example."""


class Measured(NamedTuple):
    """A layer, applied to examples of one shape. shape: of its output. flops: floating-point operations per example in the forward pass.

    trainable: how many parameters are learned. keeps_input, keeps_output: whether the backward pass needs the layer's input, its output;
    kept_bytes: what else it saves per example, such as the mask of dropout, or what is between the layers of a block.
    view: whether it only rearranges the same numbers."""

    shape: Shape
    parameters: int
    flops: int
    trainable: int
    keeps_input: bool
    keeps_output: bool
    kept_bytes: int
    view: bool


@cached(LRUCache(maxsize=4096), condition=Condition())
def measured(layer: Layer, shape: Shape) -> Measured:
    """Measures the layer on examples of this shape, including what autograd saves of one of them in training.

    Results are cached; if two callers ask for the same, as the page and the preview do after an edit, the second waits for the first.
    Raises: ValueError or RuntimeError if the layer cannot be applied to that shape; TooLargeError if a tensor would be too large."""
    check_numbers(math.prod(shape), "its input would have")
    counting = Counting()
    with torch.device("meta"), Counting(), _measuring(counting):
        module: nn.Module = layer.build(shape).train()
        x = torch.empty(_EXAMPLES, *shape, requires_grad=True)
    for parameter in module.parameters():
        check_numbers(parameter.numel(), "its weights would have")
    with torch.enable_grad(), saved_bytes() as kept, counting:
        out: Tensor = module(x)
    if 0 in out.shape:
        raise ValueError("its output would be empty")
    check_numbers(out.numel() // _EXAMPLES, "its output would have")
    before, after = storage_id(x), storage_id(out)
    own = {storage_id(tensor) for tensor in (*module.parameters(), *module.buffers())}
    return Measured(
        shape=tuple(out.shape[1:]),
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        flops=counting.flops // _EXAMPLES,
        trainable=sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad),
        keeps_input=before in kept,
        keeps_output=after in kept,
        kept_bytes=sum(size for storage, size in kept.items() if storage not in {before, after} | own) // _EXAMPLES,
        view=before == after,
    )


@contextmanager
def saved_bytes() -> Iterator[dict[int, int]]:
    """What autograd saves for the backward pass within the `with` block: the bytes of each storage by its `storage_id`."""
    saved: dict[int, int] = {}

    def save(tensor: Tensor) -> Tensor:
        saved[storage_id(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with saved_tensors_hooks(save, lambda tensor: tensor):
        yield saved


def storage_id(tensor: Tensor) -> int:
    """Identifies a tensor's memory: equal for tensors that share it."""
    return int(tensor.untyped_storage()._cdata)


def build_chain(layers: Sequence[Layer], shape: Shape) -> tuple[nn.Sequential, Shape]:
    """New modules of a chain of layers for inputs (N, *shape), and the shape after them.

    Raises: ValueError or RuntimeError if a layer cannot be applied to the shape before it."""
    modules: list[nn.Module] = []
    counting = _counting.get()
    for layer in layers:
        known = measured(layer, shape)
        modules.append(layer.build(shape) if counting is None or known.view else _Known(known, counting))
        shape = known.shape
    return nn.Sequential(*modules), shape


_counting: ContextVar[Counting | None] = ContextVar("counting", default=None)
"""The counter of the block that is being measured."""


@contextmanager
def _measuring(counting: Counting) -> Iterator[None]:
    token = _counting.set(counting)
    try:
        yield
    finally:
        _counting.reset(token)


class _Known(nn.Module):
    """Replaces a measured layer inside a block that is being measured: the same shape, counts and memory, without building and running the
    layer again for each block around it."""

    def __init__(self, known: Measured, counting: Counting) -> None:
        super().__init__()
        self.known, self.counting = known, counting
        for name, size, learns in (("weights", known.trainable, True), ("frozen", known.parameters - known.trainable, False)):
            if size:
                self.register_parameter(name, nn.Parameter(torch.empty(size), requires_grad=learns))

    def forward(self, x: Tensor) -> Tensor:
        self.counting.flops += self.known.flops * len(x)
        out: Tensor = _Replayed.apply(x, self.known)  # type: ignore[no-untyped-call]
        return out


class _Replayed(torch.autograd.Function):
    """Saves as much for the backward pass as the layer does."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, known: Measured) -> Tensor:
        out = x.new_empty(len(x), *known.shape)
        kept = [x.new_empty(known.kept_bytes * len(x), dtype=torch.uint8)] if known.kept_bytes else []
        ctx.save_for_backward(*([x] if known.keeps_input else []), *([out] if known.keeps_output else []), *kept)
        return out


def chain_shape(layers: Sequence[Layer], shape: Shape) -> Shape:
    """The shape of an example after the layers. Raises: like `measured`."""
    for layer in layers:
        shape = measured(layer, shape).shape
    return shape


def chain_range(layers: Sequence[Layer], shape: Shape, inside: Range) -> Range:
    """The numbers that the layers can output for inputs with numbers in `inside`. Raises: like `measured`."""
    for layer in layers:
        inside = layer.output_range(inside, shape)
        shape = measured(layer, shape).shape
    return inside
