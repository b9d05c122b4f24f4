"""Crop and enlarge."""

import math
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform
from playground.catalog.augmentations.warping import axes, sample

LONGEST_RATIO = 4 / 3


class Crop(ImageAugmentation):
    """Crops a random rectangle out of each image and enlarges it to full size, as if the camera had been closer (Szegedy et al. 2015).

    The rectangle's area is uniform between `smallest` and 1 of the image, its aspect ratio log-uniform between 3:4 and 4:3, its position
    anywhere inside; sides longer than the image are cut off. Bilinear."""

    title: ClassVar[str] = "Crop"
    source: ClassVar[str] = "Szegedy et al. 2015, CVPR:1, arXiv:1409.4842"
    group: ClassVar[Group] = "Geometry"

    kind: Literal["crop"] = "crop"
    smallest: float = Field(
        0.6, ge=0.05, le=1, title="Smallest share", description="Smallest share of the image's area that is kept; 1 keeps nearly all of it"
    )

    def change(self, images: Tensor) -> Tensor:
        longest = math.log(LONGEST_RATIO)
        area, ratio, across, down = uniform(images, (self.smallest, 1), (-longest, longest), (-1, 1), (-1, 1))
        side, stretch = area.sqrt(), (ratio / 2).exp()
        width, height = (side * stretch).clamp(max=1), (side / stretch).clamp(max=1)
        x, y = axes(images)
        size = len(images), *images.shape[-2:]
        points = [
            (share.view(-1, 1, 1) * line + (position * (1 - share)).view(-1, 1, 1)).expand(size)
            for share, line, position in ((width, x, across), (height, y, down))
        ]
        return sample(images, torch.stack(points, dim=1), outside="border")
