"""What is taken short on the meta device gives what PyTorch itself gives there, and counts what its own counter counts."""

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers import LAYERS, Layer, Parallel, Residual, Upsample
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.shapes import saved_bytes

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
