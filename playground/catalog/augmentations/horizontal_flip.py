"""Flip left to right."""

from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation


class HorizontalFlip(ImageAugmentation):
    """Flips images left to right: a cat stays a cat, but most digits and letters lose their meaning."""

    title: ClassVar[str] = "Horizontal flip"
    source: ClassVar[str] = "Krizhevsky et al. 2012, NeurIPS 25"
    group: ClassVar[Group] = "Geometry"
    results: ClassVar[int | None] = 2

    kind: Literal["horizontal_flip"] = "horizontal_flip"

    def change(self, images: Tensor) -> Tensor:
        return images.flip(-1)
