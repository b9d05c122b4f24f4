"""Gaussian blur."""

from typing import ClassVar, Literal

from pydantic import Field, JsonValue
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform
from playground.catalog.augmentations.smoothing import gaussian_rows, smooth

_STOPS: list[JsonValue] = [0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5]


class Blur(ImageAugmentation):
    """Blurs each image with a Gaussian of random width, so that the network does not rely on the finest details.

    The width is uniform between `weakest` and `strongest`; at the border only pixels inside the image count."""

    title: ClassVar[str] = "Blur"
    source: ClassVar[str] = "Chen et al. 2020, ICML:1597, arXiv:2002.05709"
    group: ClassVar[Group] = "Corruption"

    kind: Literal["blur"] = "blur"
    weakest: float = Field(
        0.5,
        ge=0.2,
        le=5,
        title="Weakest",
        description="Standard deviation of the narrowest Gaussian",
        json_schema_extra={"unit": "px", "stops": _STOPS},
    )
    strongest: float = Field(
        1.5,
        ge=0.2,
        le=5,
        title="Strongest",
        description="Standard deviation of the widest Gaussian",
        json_schema_extra={"unit": "px", "stops": _STOPS},
    )

    def change(self, images: Tensor) -> Tensor:
        (sigma,) = uniform(images, (self.weakest, self.strongest))
        rows, columns = (gaussian_rows(pixels, sigma) for pixels in images.shape[-2:])
        inside = rows.sum(2, keepdim=True), columns.sum(2, keepdim=True)
        return smooth(images, rows / inside[0], columns / inside[1]).clamp(0, 1)
