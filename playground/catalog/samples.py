"""How many examples of a split are enough to estimate its metrics."""

from typing import Final

import torch
from torch import Tensor

from playground.catalog.datasets.base import Dataset

TRAIN_SAMPLE: Final = 500
"""At most this many training examples are evaluated, to compare them with the test set."""

_ANSWERS = 4096
_SEQUENCES = 64


def sample_size(data: Dataset) -> int:
    """Examples with 4,096 answers, which estimate an accuracy to 0.01. In tasks per step an example has many, which resemble each other:
    at least 64 examples."""
    if not data.task.per_step:
        return _ANSWERS
    return max(_SEQUENCES, -(-_ANSWERS // data.tensor.size("length")))


def train_sample_size(data: Dataset) -> int:
    """Training examples that are evaluated, always the same ones."""
    return min(TRAIN_SAMPLE, sample_size(data))


def sampled_rows(count: int, size: int) -> Tensor:
    """The rows of a sample of `size` from a split of `count` examples, always the same ones, in order."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))[:size].sort().values
