"""Examples of which no two are the same, so that no test example occurs in training."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Symbols = NDArray[np.int64]

_BLOCK = 4096
_PATIENCE = 20
"""So many blocks in a row without anything new mean that there is nothing more."""


def distinct(draw: Callable[[int], Symbols], most: int) -> Symbols:
    """Up to `most` different rows of draw(count) → (count, L), in the order drawn; fewer if there are not that many."""
    seen: dict[bytes, Symbols] = {}
    fruitless = 0
    while len(seen) < most and fruitless < _PATIENCE:
        before = len(seen)
        for row in draw(_BLOCK):
            seen.setdefault(row.tobytes(), row)
        fruitless = 0 if len(seen) > before else fruitless + 1
    return np.stack(list(seen.values())[:most])
