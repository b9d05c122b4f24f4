"""Which numbers a tensor can hold, whatever the weights: this determines what a network can and cannot predict."""

import math
from dataclasses import dataclass, replace

import torch
from torch import nn


@dataclass(frozen=True)
class Range:
    """Every number lies in [low, high]. sums_to_one: whether the numbers of an example sum to 1 along its features or channels, as after a
    softmax.

    blocks_gradient: whether the gradient is 0 at one of the ends, as at 0 after a ReLU."""

    low: float = -math.inf
    high: float = math.inf
    sums_to_one: bool = False
    blocks_gradient: bool = False

    @property
    def bounded(self) -> bool:
        """Whether at least one end is finite."""
        return self.low > -math.inf or self.high < math.inf

    @property
    def constant(self) -> bool:
        """Whether only one number is possible."""
        return self.low == self.high

    def within(self, low: float, high: float) -> bool:
        return low <= self.low and self.high <= high

    def reordered(self) -> "Range":
        """The range after the numbers of an example are rearranged, so that axes mean something else."""
        return replace(self, sums_to_one=False)

    def joined(self, other: "Range") -> "Range":
        """The range of numbers from either one."""
        blocks = self.blocks_gradient or other.blocks_gradient
        return Range(min(self.low, other.low), max(self.high, other.high), blocks_gradient=blocks)

    def added(self, other: "Range") -> "Range":
        """The range of sums of a number from each."""
        return Range(self.low + other.low, self.high + other.high)


ANY = Range()

_FAR, _NEAR = 1e300, 1e200
"""What replaces infinity in a module's input, since 0 · ∞ is not a number; and from where on its output counts as infinite."""


def monotonic(module: nn.Module, inside: Range, blocks_gradient: bool = False) -> Range:
    """The range after a module that keeps the order of numbers: its values at both ends."""
    ends = torch.tensor([inside.low, inside.high], dtype=torch.float64).clamp(-_FAR, _FAR)
    with torch.no_grad():
        low, high = (math.copysign(math.inf, end) if abs(end) > _NEAR else end for end in module(ends).tolist())
    cut = (low, high) != (inside.low, inside.high)
    return Range(low, high, inside.sums_to_one and not cut, (blocks_gradient and cut) or (inside.blocks_gradient and not cut))
