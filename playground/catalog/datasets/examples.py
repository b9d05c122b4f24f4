"""Examples as plain arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Split:
    """Examples and their targets, as plain arrays.

    Often memory-mapped, never written. inputs: uint8 (N, C, H, W) for images, float32 (N, D) otherwise. targets: int64 (N,) classes, or
    float32 (N, D)."""

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)

    def counts(self, classes: int) -> tuple[int, ...]:
        """How many examples each class has; () where there are no classes."""
        return tuple(np.bincount(self.targets, minlength=classes).tolist()) if classes else ()


@dataclass(frozen=True)
class Data:
    """A loaded dataset: what is learned from, and what is never seen in training."""

    train: Split
    test: Split


class DataError(Exception):
    """A dataset cannot be had: the message names the file and the remedy."""
