"""Images: bytes in the dataset, numbers from 0 to 1 for the network."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import DTypeLike, NDArray
from torch import Tensor

from playground.catalog.encodings.base import Encoding, Picture
from playground.catalog.tensors import TensorSpec

WHITE = 255
"""The largest byte."""


@dataclass(frozen=True)
class ImageEncoding(Encoding):
    """Stored as uint8 (N, C, H, W); integers from 0 to 255 become numbers in [0, 1], floating-point images stay as they are. The channel
    of grayscale images may be left out."""

    title: ClassVar[str] = "Images"
    examples: ClassVar[str] = "images"
    keywords: ClassVar[str] = "picture photo pixels vision CNN"
    picture: ClassVar[Picture] = "images"
    stored: ClassVar[DTypeLike] = np.uint8
    divisor: ClassVar[int] = WHITE
    axes: ClassVar[tuple[int, ...]] = (0, 2, 3)
    at_once: ClassVar[int] = 64
    is_slow: ClassVar[bool] = True

    channels: int
    height: int
    width: int

    @cached_property
    def tensor(self) -> TensorSpec:
        return TensorSpec.image(self.channels, self.height, self.width)

    @property
    def size(self) -> str:
        return f"{self.height}×{self.width} pixels, {'grayscale' if self.channels == 1 else 'color'}"

    @property
    def example(self) -> str:
        return f"an image of {self.tensor} (channels, height, width) with values from 0 to 1"

    def completed(self, raw: Tensor) -> Tensor:
        return raw.unsqueeze(1) if raw.ndim == len(self.tensor.axes) and self.channels == 1 else raw

    def converted(self, raw: Tensor) -> Tensor:
        return super().converted(raw) if raw.is_floating_point() else raw.to(torch.float32).div_(self.divisor)

    def raw(self, numbers: Tensor) -> NDArray[np.uint8]:
        return pixels(numbers)


def pixels(numbers: Tensor) -> NDArray[np.uint8]:
    """Numbers in [0, 1], of any shape → bytes, rounded; numbers outside become 0 or 255."""
    array: NDArray[np.uint8] = (numbers * WHITE).round().clamp(0, WHITE).to(torch.uint8).cpu().numpy()
    return array
