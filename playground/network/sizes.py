"""How a number of values can be divided: short loops, since no tensor has more than `MAX_NUMBERS`."""

import math

from playground.catalog.layers import Reshape
from playground.catalog.layers.sizes import MAX_NUMBERS
from playground.catalog.tensors import SEQUENCE, TensorSpec

_MOST_CHANNELS: int = next(rule.le for rule in Reshape.model_fields["channels"].metadata if hasattr(rule, "le"))


def square_maps(x: TensorSpec) -> int | None:
    """The smallest number of square maps of at least 2×2 into which a vector can be reshaped; for a sequence, its features. None if a
    reshape layer allows no such number."""
    numbers = x.numbers
    if x.names == SEQUENCE:
        channels = x.depth
    elif numbers > MAX_NUMBERS:
        return None
    else:
        channels = next((numbers // side**2 for side in range(math.isqrt(numbers), 1, -1) if numbers % side**2 == 0), 0)
    return channels if 1 <= channels <= _MOST_CHANNELS else None
