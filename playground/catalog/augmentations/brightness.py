"""Change the brightness."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform


class Brightness(ImageAugmentation):
    """Adds the same random amount to all pixels of an image, from −`strength` to `strength`.

    Values are clamped at black and white."""

    title: ClassVar[str] = "Brightness"
    source: ClassVar[str] = "Howard 2013, arXiv:1312.5402"
    group: ClassVar[Group] = "Light and color"
    amounts: ClassVar[tuple[str, ...]] = ("strength",)

    kind: Literal["brightness"] = "brightness"
    strength: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Strength",
        description="Largest amount added or subtracted; 1 is the difference from black to white",
        json_schema_extra={"stops": [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1]},
    )

    def change(self, images: Tensor) -> Tensor:
        (amount,) = uniform(images, (-self.strength, self.strength))
        return (images + amount.view(-1, 1, 1, 1)).clamp(0, 1)
