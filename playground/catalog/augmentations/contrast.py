"""Change the contrast."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, factor


class Contrast(ImageAugmentation):
    """Moves all pixels of an image away from or toward its mean, by a random factor from 1 − `strength` to 1 + `strength`.

    Values are clamped at black and white."""

    title: ClassVar[str] = "Contrast"
    source: ClassVar[str] = "Howard 2013, arXiv:1312.5402"
    group: ClassVar[Group] = "Light and color"
    amounts: ClassVar[tuple[str, ...]] = ("strength",)

    kind: Literal["contrast"] = "contrast"
    strength: float = Field(0.4, ge=0, le=1, title="Strength", description="0.4 scales differences to between 60 % and 140 %")

    def change(self, images: Tensor) -> Tensor:
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return mean.lerp(images, factor(images, self.strength)).clamp(0, 1)
