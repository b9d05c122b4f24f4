"""Erase a part."""

import math
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform

SMALLEST_AREA = 0.02
LONGEST_RATIO = 10 / 3


class Erasing(ImageAugmentation):
    """Blacks out a random rectangle of each image, so that no single part decides the prediction (Zhong et al. 2020).

    The rectangle's area is uniform between 2 % and `area` of the image, its aspect ratio log-uniform between 3:10 and 10:3."""

    title: ClassVar[str] = "Erasing"
    source: ClassVar[str] = "Zhong et al. 2020, AAAI:13001, arXiv:1708.04896"
    group: ClassVar[Group] = "Corruption"

    kind: Literal["erasing"] = "erasing"
    area: float = Field(
        0.2, ge=SMALLEST_AREA, le=0.8, title="Largest area", description="Largest share of the image that the black rectangle covers"
    )

    def change(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        longest = math.log(LONGEST_RATIO)
        area, ratio, down, across = uniform(images, (SMALLEST_AREA, self.area), (-longest, longest), (0, 1), (0, 1))
        side, stretch = area.sqrt(), (ratio / 2).exp()
        inside = _between(height, side * stretch, down).unsqueeze(2) & _between(width, side / stretch, across).unsqueeze(1)
        return images.masked_fill(inside.unsqueeze(1), 0)


def _between(pixels: int, share: Tensor, position: Tensor) -> Tensor:
    """(N, pixels) bool: a run of `share` of the pixels, at least one and at most all, at `position` from 0 (start) to 1 (end)."""
    length = (share * pixels).round().clamp(1, pixels)
    start = (position * (pixels - length + 1)).floor().clamp(max=pixels - 1)
    index = torch.arange(pixels, device=share.device)
    return (index >= start.unsqueeze(1)) & (index < (start + length).unsqueeze(1))
