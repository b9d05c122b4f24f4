"""Top becomes bottom."""

from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation


class VerticalFlip(ImageAugmentation):
    """Mirrors images top to bottom: right for pictures from above or through a microscope, wrong where things stand upright."""

    title: ClassVar[str] = "Vertical flip"
    source: ClassVar[str] = "Shorten and Khoshgoftaar 2019, J. Big Data 6:60"
    group: ClassVar[Group] = "Shape and place"
    results: ClassVar[int | None] = 2

    kind: Literal["vertical_flip"] = "vertical_flip"

    def change(self, images: Tensor) -> Tensor:
        return images.flip(-2)
