"""Blend two images."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, MixingAugmentation
from playground.catalog.augmentations.cutmix import ALPHA_HELP, ALPHA_STOPS, beta


class Mixup(MixingAugmentation):
    """Blends each image and its class with another: 70 % of a 3 and 30 % of an 8 should be predicted as such (Zhang et al. 2018).

    λ·image + (1 − λ)·partner, with λ from Beta(α, α), drawn for each image; the targets are mixed likewise."""

    title: ClassVar[str] = "Mixup"
    source: ClassVar[str] = "Zhang et al. 2018, ICLR, arXiv:1710.09412"
    group: ClassVar[Group] = "Mixing"

    kind: Literal["mixup"] = "mixup"
    alpha: float = Field(0.4, ge=0.1, le=4, title="Alpha", description=ALPHA_HELP, json_schema_extra={"stops": ALPHA_STOPS})

    def blend(self, images: Tensor, partners: Tensor) -> tuple[Tensor, Tensor]:
        share = beta(self.alpha, len(images)).to(images.device)
        return torch.lerp(partners, images, share.view(-1, 1, 1, 1)), share
