"""Flip top to bottom."""

from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation


class VerticalFlip(ImageAugmentation):
    """Flips images top to bottom: fine for aerial or microscope images, wrong if there is an up and a down."""

    title: ClassVar[str] = "Vertical flip"
    source: ClassVar[str] = "Shorten and Khoshgoftaar 2019, J. Big Data 6:60"
    group: ClassVar[Group] = "Geometry"
    results: ClassVar[int | None] = 2

    kind: Literal["vertical_flip"] = "vertical_flip"

    def change(self, images: Tensor) -> Tensor:
        return images.flip(-2)
