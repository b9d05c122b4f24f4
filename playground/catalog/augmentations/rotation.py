"""Rotate around the center."""

import math
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform
from playground.catalog.augmentations.warping import warp


class Rotation(ImageAugmentation):
    """Rotates each image around its center by a random angle of at most `degrees`, either way; uncovered corners are black."""

    title: ClassVar[str] = "Rotation"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR:958"
    group: ClassVar[Group] = "Geometry"
    amounts: ClassVar[tuple[str, ...]] = ("degrees",)

    kind: Literal["rotation"] = "rotation"
    degrees: float = Field(
        12.0,
        ge=0,
        le=180,
        title="Largest angle",
        description="Images are rotated by up to this angle, clockwise or counterclockwise",
        json_schema_extra={"unit": "°", "stops": [*range(16), 20, 25, 30, 45, 60, 90, 120, 150, 180]},
    )

    def change(self, images: Tensor) -> Tensor:
        largest = math.radians(self.degrees)
        (angle,) = uniform(images, (-largest, largest))
        cos, sin = angle.cos(), angle.sin()
        return warp(images, (cos, sin, -sin, cos))
