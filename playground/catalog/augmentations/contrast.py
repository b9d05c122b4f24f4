"""Flatter and starker."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, factor


class Contrast(ImageAugmentation):
    """Moves all pixels of an image away from its mean or towards it, by a random factor from 1 − `strength` to 1 + `strength`.

    What would leave the range stays at black or white."""

    title: ClassVar[str] = "Contrast"
    source: ClassVar[str] = "Howard 2013, arXiv:1312.5402"
    group: ClassVar[Group] = "Light and colour"
    amounts: ClassVar[tuple[str, ...]] = ("strength",)

    kind: Literal["contrast"] = "contrast"
    strength: float = Field(
        0.4, ge=0, le=1, title="Strength", description="0.4 brings differences to between 60 % and 140 % of what they were"
    )

    def change(self, images: Tensor) -> Tensor:
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return mean.lerp(images, factor(images, self.strength)).clamp(0, 1)
