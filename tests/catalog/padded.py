"""Batches of sequences of different lengths, with anything in the padding, for the tests of modules that take a mask."""

import torch
from torch import Tensor

LENGTHS = (7, 1, 4, 6)


def padded_batch(width: int, lengths: tuple[int, ...] = LENGTHS, length: int = 7, padding: float = 1e4) -> tuple[Tensor, Tensor]:
    """Standard normal sequences (N, length, width) with large numbers after their ends, and their mask (N, length)."""
    generator = torch.Generator().manual_seed(len(lengths))
    x = torch.randn(len(lengths), length, width, generator=generator)
    mask = torch.arange(length) < torch.tensor(lengths).unsqueeze(1)
    noise = padding * torch.randn(x.shape, generator=generator)
    return torch.where(mask.unsqueeze(2), x, noise), mask


def close(a: Tensor, b: Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-6)
