"""Elastic deformation."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation
from playground.catalog.augmentations.smoothing import gaussian_rows, smooth
from playground.catalog.augmentations.warping import axes, sample


class Elastic(ImageAugmentation):
    """Warps each image like rubber; designed for handwriting, which never looks the same twice (Simard et al. 2003).

    Every pixel is sampled at a random displacement: uniform noise from −1 to 1, smoothed by a Gaussian of `sigma` pixels (zero padding),
    times `alpha` pixels. Bilinear, black outside."""

    title: ClassVar[str] = "Elastic"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR:958"
    group: ClassVar[Group] = "Geometry"
    amounts: ClassVar[tuple[str, ...]] = ("alpha",)

    kind: Literal["elastic"] = "elastic"
    alpha: float = Field(
        34.0,
        ge=0,
        le=120,
        title="Strength",
        description="Size of the displacements, before smoothing",
        json_schema_extra={"unit": "px"},
    )
    sigma: float = Field(
        4.0,
        ge=1,
        le=12,
        title="Smoothness",
        description="Small: every pixel moves on its own; large: whole areas move together",
        json_schema_extra={"unit": "px"},
    )

    def change(self, images: Tensor) -> Tensor:
        height, width = images.shape[-2:]
        sigma = torch.tensor([self.sigma], device=images.device)
        noise = 2 * torch.rand(len(images), 2, height, width, device=images.device) - 1
        moved = smooth(noise, self.alpha * gaussian_rows(height, sigma), gaussian_rows(width, sigma))
        x, y = axes(images)
        return sample(images, torch.stack([moved[:, 0] * (2 / width) + x, moved[:, 1] * (2 / height) + y], dim=1))
