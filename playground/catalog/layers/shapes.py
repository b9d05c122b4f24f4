"""Outputs of layers, measured by passing empty tensors through them on the meta device, which computes nothing."""

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

from playground.catalog.layers.base import Layer
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.network_modules import Chain
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.sizes import check_numbers
from playground.catalog.tensors import Axes, TensorSpec

_EXAMPLES = 2
"""Size of the batch: batch normalization cannot measure the variance of a single example."""


Strides = tuple[int, ...]
"""How far apart in memory the numbers of a batch of `_EXAMPLES` are along each of its axes; () if they are one after another."""


class Measured(NamedTuple):
    """A layer, applied to examples of one kind. tensor: one example of its output. flops: floating-point operations per example in the
    forward pass.

    trainable: how many parameters are learned. keeps_input, keeps_output: whether the backward pass needs the layer's input, its output;
    kept_bytes: what else it saves per example, such as the mask of dropout, or what is between the layers of a block.
    view: whether it only rearranges the same numbers. strides: of its output. output_bytes: what keeping the output takes per example: more
    than its numbers if it is part of a larger tensor, such as the last of all states."""

    tensor: TensorSpec
    parameters: int
    flops: int
    trainable: int
    keeps_input: bool
    keeps_output: bool
    kept_bytes: int
    view: bool
    strides: Strides
    output_bytes: int


@cached(LRUCache(maxsize=4096), condition=Condition())
def measured(layer: Layer, x: TensorSpec, strides: Strides = ()) -> Measured:
    """Measures the layer on such examples, including what autograd saves of one of them in training. strides: of its input, which decide
    whether the layer keeps it or a copy of it.

    Results are cached; if two callers ask for the same, as the page and the preview do after an edit, the second waits for the first.
    Raises: ValueError or RuntimeError if the layer cannot be applied to them; TooLargeError if a tensor would be too large."""
    check_numbers(x.numbers, "its input would have")
    counting = Counting()
    with torch.device("meta"), Counting(), _measuring(counting, strides):
        module: nn.Module = layer.build(x).train()
    examples = _examples(x, strides)
    mask = [torch.empty(examples.shape[:2], dtype=torch.bool, device="meta")] if x.varies and getattr(module, "takes_mask", False) else []
    for parameter in module.parameters():
        check_numbers(parameter.numel(), "its weights would have")
    with torch.enable_grad(), saved_bytes() as kept, counting:
        out: Tensor = module(examples, *mask)
    if 0 in out.shape:
        raise ValueError("its output would be empty")
    check_numbers(out.numel() // _EXAMPLES, "its output would have")
    before, after = storage_id(examples), storage_id(out)
    own = {storage_id(tensor) for tensor in (*module.parameters(), *module.buffers(), *mask)}
    return Measured(
        tensor=_named(layer.axes_after(x), out, x.varies, layer.rotates(x)),
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        flops=counting.flops // _EXAMPLES,
        trainable=sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad),
        keeps_input=before in kept,
        keeps_output=after in kept,
        kept_bytes=sum(size for storage, size in kept.items() if storage not in {before, after} | own) // _EXAMPLES,
        view=before == after,
        strides=() if out.is_contiguous() else out.stride(),
        output_bytes=out.untyped_storage().nbytes() // _EXAMPLES,
    )


def _examples(x: TensorSpec, strides: Strides) -> Tensor:
    if not strides:
        return x.sample(_EXAMPLES, "meta").requires_grad_(x.vocabulary is None)
    return torch.empty_strided((_EXAMPLES, *x.sizes), strides, device="meta", requires_grad=True)


def _named(names: Axes, out: Tensor, varies: bool, rotary: bool) -> TensorSpec:
    steps = "length" in names
    return TensorSpec(tuple(zip(names, out.shape[1:], strict=True)), varies=varies and steps, rotary=rotary and steps)


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


def build_chain(layers: Sequence[Layer], x: TensorSpec) -> tuple[Chain, TensorSpec]:
    """New modules of a chain of layers for inputs (N, *x.sizes), and the tensor after them.

    Raises: ValueError or RuntimeError if a layer cannot be applied to the tensor before it."""
    modules: list[nn.Module] = []
    counting, strides = _block.get()
    for layer in layers:
        known = measured(layer, x, strides)
        modules.append(layer.build(x) if counting is None or known.view else _Known(known, counting))
        x, strides = known.tensor, known.strides
    return Chain(*modules), x


_block: ContextVar[tuple[Counting | None, Strides]] = ContextVar("block", default=(None, ()))
"""The counter of the block that is being measured, and the strides of its input."""


@contextmanager
def _measuring(counting: Counting, strides: Strides) -> Iterator[None]:
    token = _block.set((counting, strides))
    try:
        yield
    finally:
        _block.reset(token)


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
        size = (len(x), *known.tensor.sizes)
        memory = x.new_empty(len(x) * known.output_bytes // torch.float32.itemsize, dtype=torch.float32)
        out = memory.as_strided(size, known.strides) if known.strides else memory[: math.prod(size)].view(size)
        kept = [x.new_empty(known.kept_bytes * len(x), dtype=torch.uint8)] if known.kept_bytes else []
        ctx.save_for_backward(*([x] if known.keeps_input else []), *([out] if known.keeps_output else []), *kept)
        return out


def chain_tensor(layers: Sequence[Layer], x: TensorSpec) -> TensorSpec:
    """One example after the layers. Raises: like `measured`."""
    for layer in layers:
        x = measured(layer, x).tensor
    return x


def chain_range(layers: Sequence[Layer], x: TensorSpec, inside: Range) -> Range:
    """The numbers that the layers can output for inputs with numbers in `inside`. Raises: like `measured`."""
    for layer in layers:
        inside = layer.output_range(inside, x)
        x = measured(layer, x).tensor
    return inside
