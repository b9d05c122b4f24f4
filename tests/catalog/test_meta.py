"""What is taken short on the meta device gives what PyTorch itself gives there, and counts what its own counter counts."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers import LAYERS, Layer, Parallel, Residual, Upsample
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.shapes import Measured, measured, saved_bytes, storage_id

SHAPES = [(12,), (12, 20), (12, 16, 16)]
MODES = [Upsample(factor=3, mode="bilinear"), *(variant(bias=False) for variant in LAYERS if "bias" in variant.model_fields)]
LAYERS_TRIED: list[Layer] = [*(variant() for variant in LAYERS), *MODES]


def passed(layer: Layer, shape: tuple[int, ...], counter: Any) -> tuple[Any, ...]:
    """Shape and strides of what comes out, and the bytes that autograd keeps, in order."""
    with torch.device("meta"):
        module = layer.sized(10).build(shape).train()
        x = torch.empty(2, *shape, requires_grad=True)
    with saved_bytes() as kept, counter:
        out = module(x)
    return tuple(out.shape), out.stride(), out.dtype, out.requires_grad, sorted(kept.values())


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        pytest.param(layer, shape, id=f"{layer.kind}-{len(shape)}d")
        for layer in LAYERS_TRIED
        for shape in SHAPES
        if not layer.ranks or len(shape) in layer.ranks
    ],
)
def test_every_layer_gives_and_counts_what_pytorch_does(layer: Layer, shape: tuple[int, ...]) -> None:
    if isinstance(layer, Residual | Parallel):
        layer = Residual(layers=(LAYERS["batch_norm"](), LAYERS["relu"]()))
    counting, trusted = Counting(), FlopCounterMode(display=False)
    try:
        expected = passed(layer, shape, trusted)
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)[:20]):
            passed(layer, shape, counting)
        return
    assert passed(layer, shape, counting) == expected
    assert counting.flops == trusted.get_total_flops()


AFTER = ["batch_norm", "relu", "gelu", "dropout", "flatten", "identity", "dense", "conv2d", "max_pool2d"]


def chains(shape: tuple[int, ...]) -> list[tuple[Layer, ...]]:
    """Pairs of layers that fit one another, for examples of this shape."""
    first = [layer.sized(10) for layer in LAYERS_TRIED if not layer.branches() and (not layer.ranks or len(shape) in layer.ranks)]
    pairs = [(layer, LAYERS[kind]()) for layer in first for kind in AFTER]
    return [(layer, after) for layer, after in pairs if not after.ranks or len(measured(layer, shape).shape) in after.ranks]


@pytest.mark.parametrize("shape", SHAPES, ids=len)
def test_a_block_is_measured_as_if_all_in_it_were_built_and_run(shape: tuple[int, ...]) -> None:
    """Blocks are measured with stand-ins for what is in them; here they are built and run, under PyTorch's own counter."""
    tried = 0
    for chain in chains(shape):
        for block in (Residual(layers=(Residual(layers=chain),)), Parallel(branch=(chain, chain))):
            try:
                found = measured(block, shape)
            except ValueError:  # no way round it
                continue
            tried += 1
            is_as_built(block, shape, found)
    assert tried > 100


def is_as_built(block: Layer, shape: tuple[int, ...], found: Measured) -> None:
    with torch.device("meta"):
        module = block.build(shape).train()
        x = torch.empty(2, *shape, requires_grad=True)
    with saved_bytes() as kept, FlopCounterMode(display=False) as counter:
        out = module(x)
    own = {storage_id(x), storage_id(out), *map(storage_id, (*module.parameters(), *module.buffers()))}
    assert found == Measured(
        shape=tuple(out.shape[1:]),
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        flops=counter.get_total_flops() // 2,
        trainable=sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad),
        keeps_input=storage_id(x) in kept,
        keeps_output=storage_id(out) in kept,
        kept_bytes=sum(size for storage, size in kept.items() if storage not in own) // 2,
        view=storage_id(x) == storage_id(out),
    ), block
