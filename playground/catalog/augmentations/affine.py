"""Shift, scale and shear."""

import math
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform
from playground.catalog.augmentations.warping import warp


class Affine(ImageAugmentation):
    """Randomly shifts, scales and shears each image, much as handwriting varies; uncovered areas are black."""

    title: ClassVar[str] = "Shift, scale, shear"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR:958"
    group: ClassVar[Group] = "Geometry"
    amounts: ClassVar[tuple[str, ...]] = ("shift", "scale", "shear")

    kind: Literal["affine"] = "affine"
    shift: float = Field(0.1, ge=0, le=0.5, title="Largest shift", description="Largest shift, as a share of the width and the height")
    scale: float = Field(0.1, ge=0, le=0.5, title="Largest scaling", description="0.1 makes images up to 10 % larger or smaller")
    shear: float = Field(
        10.0,
        ge=0,
        le=45,
        title="Largest shear",
        description="Vertical strokes slant by up to this angle",
        json_schema_extra={"unit": "°", "stops": [*range(16), 20, 25, 30, 35, 40, 45]},
    )

    def change(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        slant = math.tan(math.radians(self.shear))
        across, down, size, lean = uniform(
            images,
            (-self.shift * width, self.shift * width),
            (-self.shift * height, self.shift * height),
            (1 - self.scale, 1 + self.scale),
            (-slant, slant),
        )
        back = 1 / size, -lean / size, torch.zeros_like(size), 1 / size  # the inverse of size · (1 lean; 0 1)
        return warp(images, back, (across, down))
