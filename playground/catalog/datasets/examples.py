"""Examples as plain arrays."""

from dataclasses import dataclass

import numpy as np

from playground.artifacts.errors import DataError as DataError
from playground.catalog.tensors import Array as Array


@dataclass(frozen=True)
class Split:
    """Examples and their targets, as plain arrays.

    Often memory-mapped; never modify them. inputs: (N, …) as the dataset's encoding says. targets: int64 (N,) classes, int64 (N, L) classes
    at every step, IGNORED where there is none, or float32 (N, D)."""

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)

    def counts(self, classes: int) -> tuple[int, ...]:
        """Number of examples, or of steps, of each class; () without classes."""
        return tuple(np.bincount(self.targets[self.targets >= 0], minlength=classes).tolist()) if classes else ()


@dataclass(frozen=True)
class Data:
    """A loaded dataset: training examples, and test examples that training never sees."""

    train: Split
    test: Split
