"""What a layer makes of a shape, from the layer itself: an empty tensor on the meta device is pushed through it, which computes nothing."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers.base import Layer, Shape


@lru_cache(maxsize=4096)
def measured(layer: Layer, shape: Shape) -> tuple[Shape, int, int]:
    """Shape after the layer, its parameters, and its floating-point operations for one example, forward.

    Raises: ValueError or RuntimeError where it cannot work on that shape."""
    with torch.device("meta"):
        module: nn.Module = layer.build(shape).eval()
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            out = module(torch.empty(1, *shape))
    if 0 in out.shape:
        raise ValueError("nothing is left after it")
    return tuple(out.shape[1:]), sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops()


def build_chain(layers: Sequence[Layer], shape: Shape) -> tuple[nn.Sequential, Shape]:
    """Fresh modules one after another for inputs (N, *shape), and the shape after them.

    Raises: ValueError or RuntimeError where a layer cannot work on the shape before it."""
    modules = []
    for layer in layers:
        modules.append(layer.build(shape))
        shape = measured(layer, shape)[0]
    return nn.Sequential(*modules), shape
