"""Add noise."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation


class Noise(ImageAugmentation):
    """Adds Gaussian noise to every pixel, so that the network cannot rely on single pixels (Bishop 1995)."""

    title: ClassVar[str] = "Noise"
    source: ClassVar[str] = "Bishop 1995, Neural Computation 7:108"
    group: ClassVar[Group] = "Corruption"
    amounts: ClassVar[tuple[str, ...]] = ("strength",)

    kind: Literal["noise"] = "noise"
    strength: float = Field(
        0.1,
        ge=0,
        le=1,
        title="Strength",
        description="Standard deviation of the noise; 1 is the difference from black to white",
        json_schema_extra={"stops": [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1]},
    )

    def change(self, images: Tensor) -> Tensor:
        return (images + self.strength * torch.randn_like(images)).clamp(0, 1)
