"""What flows between two layers."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[Any]
"""Examples as a dataset stores them."""

Axis = Literal["length", "features", "channels", "height", "width"]
Axes = tuple[Axis, ...]

VECTOR: Axes = ("features",)
SEQUENCE: Axes = ("length", "features")
IMAGE: Axes = ("channels", "height", "width")

PADDING_SYMBOL = 0
"""Stands after the end of a sequence of symbols; after the end of a sequence of numbers stands NaN."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """The tensor of one example, without the batch: named axes with their sizes, and for symbols the size of their vocabulary.

    A vector has features; a sequence has length and features; a sequence of symbols has only a length; an image has channels, height and
    width. vocabulary: number of symbols, from 0 to vocabulary − 1, of which 0 is padding; None for real numbers. varies: whether sequences
    may be shorter than `length`, with padding after their end. rotary: whether attention on it turns its queries and keys by their
    positions."""

    axes: tuple[tuple[Axis, int], ...]
    vocabulary: int | None = None
    varies: bool = False
    rotary: bool = False

    @classmethod
    def vector(cls, features: int) -> "TensorSpec":
        return cls((("features", features),))

    @classmethod
    def sequence(cls, length: int, features: int, varies: bool = False) -> "TensorSpec":
        return cls((("length", length), ("features", features)), varies=varies)

    @classmethod
    def symbols(cls, length: int, vocabulary: int, varies: bool = False) -> "TensorSpec":
        return cls((("length", length),), vocabulary, varies)

    @classmethod
    def image(cls, channels: int, height: int, width: int) -> "TensorSpec":
        return cls((("channels", channels), ("height", height), ("width", width)))

    @property
    def names(self) -> Axes:
        return tuple(name for name, _ in self.axes)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(size for _, size in self.axes)

    @property
    def numbers(self) -> int:
        """How many numbers or symbols one example has."""
        return math.prod(self.sizes)

    @property
    def depth(self) -> int:
        """How many numbers stand at each step or pixel: its features or channels; 1 for symbols."""
        return next((size for name, size in self.axes if name in ("features", "channels")), 1)

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32 if self.vocabulary is None else torch.int64

    def has(self, *names: Axis) -> bool:
        """Whether it has all these axes."""
        return set(names) <= set(self.names)

    def size(self, name: Axis) -> int:
        """The size of an axis. Raises: KeyError if it has none of that name."""
        return dict(self.axes)[name]

    def resized(self, name: Axis, size: int) -> "TensorSpec":
        """The same with another size of one axis."""
        return replace(self, axes=tuple((axis, size if axis == name else old) for axis, old in self.axes))

    def sample(self, examples: int, device: torch.device | str = "cpu", generator: torch.Generator | None = None) -> Tensor:
        """Random examples (examples, *sizes): standard normal numbers, or symbols other than padding; without values on the meta device."""
        shape = (examples, *self.sizes)
        if str(device) == "meta":
            return torch.empty(shape, dtype=self.dtype, device=device)
        if self.vocabulary is None:
            return torch.randn(shape, device=device, generator=generator)
        return torch.randint(min(1, self.vocabulary - 1), self.vocabulary, shape, device=device, generator=generator)

    def __str__(self) -> str:
        """Such as "28×28×1" or "64 of 90 symbols"."""
        sizes = "×".join(map(str, self.sizes))
        return sizes if self.vocabulary is None else f"{sizes} of {self.vocabulary} symbols"
