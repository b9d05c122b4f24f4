"""Change brightness, contrast, saturation and hue."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, factor, uniform

GRAY = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the perceived brightness (ITU-R BT.601)."""


class ColorJitter(ImageAugmentation):
    """Randomly changes brightness, contrast, saturation and hue of each image, as different lighting and cameras do.

    In this order: multiply all pixels by a factor; move them away from or toward the image's mean gray; away from or toward each pixel's
    own gray; rotate the hue. Values are clamped after each step. Gray images only have the first two."""

    title: ClassVar[str] = "Color jitter"
    source: ClassVar[str] = "Krizhevsky et al. 2012, NeurIPS 25; Howard 2013, arXiv:1312.5402"
    group: ClassVar[Group] = "Light and color"
    amounts: ClassVar[tuple[str, ...]] = ("brightness", "contrast", "saturation", "hue")
    color_only: ClassVar[frozenset[str]] = frozenset({"saturation", "hue"})

    kind: Literal["colour_jitter"] = "colour_jitter"
    brightness: float = Field(0.3, ge=0, le=1, title="Brightness", description="0.3 makes images up to 30 % darker or brighter")
    contrast: float = Field(0.3, ge=0, le=1, title="Contrast", description="0.3 scales differences to between 70 % and 130 %")
    saturation: float = Field(0.3, ge=0, le=1, title="Saturation", description="1 ranges from gray to twice as colorful")
    hue: float = Field(
        0.1,
        ge=0,
        le=0.5,
        title="Hue",
        description="Largest rotation of the hue, as a share of the color wheel; 0.5 allows every hue",
    )

    def change(self, images: Tensor) -> Tensor:
        images = (images * factor(images, self.brightness)).clamp(0, 1)
        mean = _gray(images).mean(dim=(1, 2, 3), keepdim=True)
        images = mean.lerp(images, factor(images, self.contrast)).clamp(0, 1)
        if images.shape[1] != 3:
            return images
        images = _gray(images).lerp(images, factor(images, self.saturation)).clamp(0, 1)
        (turn,) = uniform(images, (-self.hue, self.hue))
        return turned_hues(images, turn)


def turned_hues(images: Tensor, turn: Tensor) -> Tensor:
    """Images (N, 3, H, W) with their hues rotated by `turn` (N,), in full turns; the largest and smallest channel values do not change.

    Smith 1978, SIGGRAPH:12: the hexcone's hue, from 0 to 6, and back to RGB in one formula."""
    red, green, blue = images.unbind(dim=1)
    light, dark = images.amax(dim=1), images.amin(dim=1)
    chroma = light - dark
    width = torch.where(chroma > 0, chroma, 1.0)
    hue = torch.where(
        light == red, (green - blue) / width, torch.where(light == green, 2 + (blue - red) / width, 4 + (red - green) / width)
    )
    hue = hue + 6 * turn.view(-1, 1, 1)
    steps = [(hue + offset).remainder(6) for offset in (5, 3, 1)]
    return torch.stack([light - chroma * torch.minimum(step, 4 - step).clamp(0, 1) for step in steps], dim=1)


def _gray(images: Tensor) -> Tensor:
    """(N, 1, H, W): how light each pixel looks."""
    if images.shape[1] != 3:
        return images.mean(dim=1, keepdim=True)
    shares = torch.tensor(GRAY, device=images.device).view(1, 3, 1, 1)
    return (images * shares).sum(dim=1, keepdim=True)
