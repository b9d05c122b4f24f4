"""As drawn on rubber."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation
from playground.catalog.augmentations.smoothing import gaussian_rows, smooth
from playground.catalog.augmentations.warping import axes, sample


class Elastic(ImageAugmentation):
    """Warps each image like rubber, as no hand writes a digit twice in the same way; made for handwriting (Simard et al. 2003).

    Every pixel is sampled where a field of displacements points: uniform numbers from −1 to 1, smoothed by a Gaussian of `sigma`
    pixels that sees 0 outside, times `alpha` pixels. Bilinear, black outside."""

    title: ClassVar[str] = "Elastic"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR:958"
    group: ClassVar[Group] = "Shape and place"
    amounts: ClassVar[tuple[str, ...]] = ("alpha",)

    kind: Literal["elastic"] = "elastic"
    alpha: float = Field(
        34.0,
        ge=0,
        le=120,
        title="Strength",
        description="Pixels that noise is stretched by before it is smoothed",
        json_schema_extra={"unit": "px"},
    )
    sigma: float = Field(
        4.0,
        ge=1,
        le=12,
        title="Smoothness",
        description="Small: every pixel trembles; large: whole parts move together",
        json_schema_extra={"unit": "px"},
    )

    def change(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        sigma = torch.tensor([self.sigma], device=images.device)
        noise = 2 * torch.rand(len(images), 2, height, width, device=images.device) - 1
        moved = smooth(noise, self.alpha * gaussian_rows(height, sigma), gaussian_rows(width, sigma))
        x, y = axes(images)
        return sample(images, torch.stack([moved[:, 0] * (2 / width) + x, moved[:, 1] * (2 / height) + y], dim=1))
