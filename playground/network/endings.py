"""The range of a network's outputs, and the layer that limits it."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.catalog.layers import Layer
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.tensors import TensorSpec


@dataclass(frozen=True)
class Ending:
    """The numbers that a network can output in evaluation mode, whatever its weights.

    index: of the last layer that limits them; None if any number is possible."""

    range: Range = ANY
    index: int | None = None


def ending(layers: Sequence[Layer], tensors: Sequence[TensorSpec]) -> Ending:
    """The ending of a network. tensors: one example before each layer."""
    inside, index = ANY, None
    for number, (layer, x) in enumerate(zip(layers, tensors, strict=True)):
        after = layer.output_range(inside, x)
        if after not in (inside, inside.reordered()):
            index = number if after.bounded else None
        inside = after
    return Ending(inside, index)
