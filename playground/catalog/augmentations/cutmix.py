"""Paste a piece of one image into another."""

from typing import ClassVar, Literal

import torch
from pydantic import Field, JsonValue
from torch import Tensor

from playground.catalog.augmentations.base import Group, MixingAugmentation, uniform

ALPHA_HELP = "Small: mostly one of the two; 1: all proportions equally likely; large: mostly half and half"
ALPHA_STOPS: list[JsonValue] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 4]


class CutMix(MixingAugmentation):
    """Pastes a rectangle of another image into each image and mixes classes by area: the network must look everywhere (Yun et al. 2019).

    The rectangle has the image's aspect ratio and area 1 − λ, with λ from Beta(α, α), and its center anywhere; parts outside the image
    are cut off, and the targets are mixed by the number of pixels of each image."""

    title: ClassVar[str] = "CutMix"
    source: ClassVar[str] = "Yun et al. 2019, ICCV:6023, arXiv:1905.04899"
    group: ClassVar[Group] = "Mixing"

    kind: Literal["cutmix"] = "cutmix"
    alpha: float = Field(1.0, ge=0.1, le=4, title="Alpha", description=ALPHA_HELP, json_schema_extra={"stops": ALPHA_STOPS})

    def blend(self, images: Tensor, partners: Tensor) -> tuple[Tensor, Tensor]:
        height, width = images.shape[-2:]
        side = (1 - beta(self.alpha, len(images)).to(images.device)).sqrt()
        down, across = uniform(images, (0, 1), (0, 1))
        rows, columns = _around(height, side, down), _around(width, side, across)
        pasted = rows.unsqueeze(2) & columns.unsqueeze(1)
        share = 1 - rows.sum(1) * columns.sum(1) / (height * width)
        return torch.where(pasted.unsqueeze(1), partners, images), share


def _around(pixels: int, side: Tensor, middle: Tensor) -> Tensor:
    """(N, pixels) bool: a run of the share `side` of the pixels, at least one, around `middle`, from 0 to 1, cut off at the ends."""
    length, center = (side * pixels).floor().clamp(min=1), (middle * pixels).floor().clamp(max=pixels - 1)
    start = center - (length / 2).floor()
    index = torch.arange(pixels, device=side.device)
    return (index >= start.unsqueeze(1)) & (index < (start + length).unsqueeze(1))


def beta(alpha: float, count: int) -> Tensor:
    """(count,) numbers from Beta(α, α), sampled on the CPU: not every device supports it, and there are few."""
    drawn: Tensor = torch.distributions.Beta(alpha, alpha, validate_args=False).sample((count,))
    return drawn
