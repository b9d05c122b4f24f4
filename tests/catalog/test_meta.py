"""What is taken short on the meta device gives what PyTorch itself gives there, and counts what its own counter counts."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers import LAYERS, Attention, Layer, LayerNorm, Parallel, Residual, TransformerBlock, Upsample
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.recurrent import Recurrent
from playground.catalog.layers.shapes import Measured, measured, saved_bytes, storage_id
from playground.catalog.tensors import TensorSpec
from tests.tensors import tensor_of

TENSORS = [tensor_of(12), tensor_of(20, 12), tensor_of(12, 16, 16)]
MODES = [
    LayerNorm(over="all"),
    Upsample(factor=3, mode="bilinear"),
    *(variant(bias=False) for variant in LAYERS if "bias" in variant.model_fields),
]
LAYERS_TRIED: list[Layer] = [
    *(variant() for variant in LAYERS if not issubclass(variant, Recurrent | Attention | TransformerBlock)),
    *MODES,
]
"""All except those whose kernels process many steps at once, which test_meta_kernels.py covers."""


def passed(layer: Layer, tensor: TensorSpec, counter: Any) -> tuple[Any, ...]:
    """Shape and strides of what comes out, and the bytes that autograd keeps, in order."""
    with torch.device("meta"):
        module = layer.sized(10).build(tensor).train()
        x = torch.empty(2, *tensor.sizes, requires_grad=True)
    with saved_bytes() as kept, counter:
        out = module(x)
    return tuple(out.shape), out.stride(), out.dtype, out.requires_grad, sorted(kept.values())


@pytest.mark.parametrize(
    ("layer", "tensor"),
    [
        pytest.param(layer, tensor, id=f"{layer.kind}-{len(tensor.axes)}d")
        for layer in LAYERS_TRIED
        for tensor in TENSORS
        if layer.fits(tensor)
    ],
)
def test_every_layer_gives_and_counts_what_pytorch_does(layer: Layer, tensor: TensorSpec) -> None:
    if isinstance(layer, Residual | Parallel):
        layer = Residual(layers=(LAYERS["batch_norm"](), LAYERS["relu"]()))
    counting, trusted = Counting(), FlopCounterMode(display=False)
    try:
        expected = passed(layer, tensor, trusted)
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)[:20]):
            passed(layer, tensor, counting)
        return
    assert passed(layer, tensor, counting) == expected
    assert counting.flops == trusted.get_total_flops()


AFTER = ["batch_norm", "relu", "gelu", "dropout", "flatten", "identity", "dense", "conv2d", "max_pool2d"]


def chains(tensor: TensorSpec) -> list[tuple[Layer, ...]]:
    """Pairs of layers that fit one another, for examples of this shape."""
    first = [layer.sized(10) for layer in LAYERS_TRIED if not layer.branches() and layer.fits(tensor)]
    pairs = [(layer, LAYERS[kind]()) for layer in first for kind in AFTER]
    return [(layer, after) for layer, after in pairs if after.fits(measured(layer, tensor).tensor)]


@pytest.mark.parametrize("tensor", TENSORS, ids=str)
def test_a_block_is_measured_as_if_all_in_it_were_built_and_run(tensor: TensorSpec) -> None:
    """Blocks are measured with stand-ins for what is in them; here they are built and run, under PyTorch's own counter."""
    tried = 0
    for chain in chains(tensor):
        for block in (Residual(layers=(Residual(layers=chain),)), Parallel(branch=(chain, chain))):
            try:
                found = measured(block, tensor)
            except ValueError:  # no way round it
                continue
            tried += 1
            is_as_built(block, tensor, found)
    assert tried > 100


def is_as_built(block: Layer, tensor: TensorSpec, found: Measured) -> None:
    with torch.device("meta"):
        module = block.build(tensor).train()
        x = torch.empty(2, *tensor.sizes, requires_grad=True)
    with saved_bytes() as kept, FlopCounterMode(display=False) as counter:
        out = module(x)
    own = {storage_id(x), storage_id(out), *map(storage_id, (*module.parameters(), *module.buffers()))}
    assert found.tensor.sizes == tuple(out.shape[1:])
    assert found == Measured(
        tensor=found.tensor,
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        flops=counter.get_total_flops() // 2,
        trainable=sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad),
        keeps_input=storage_id(x) in kept,
        keeps_output=storage_id(out) in kept,
        kept_bytes=sum(size for storage, size in kept.items() if storage not in own) // 2,
        view=storage_id(x) == storage_id(out),
        strides=() if out.is_contiguous() else out.stride(),
        output_bytes=out.untyped_storage().nbytes() // 2,
    ), block
