"""Larger maps without weights."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.ranges import Range


class Upsample(Layer):
    """Enlarges maps or sequences by a factor, repeating every value or interpolating linearly. It has no weights.

    Shape: (N, C, H, W) → (N, C, H · factor, W · factor); (N, C, L) → (N, C, L · factor)."""

    title: ClassVar[str] = "Upsampling"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html"
    group: ClassVar[Group] = "Shape"
    ranks: ClassVar[tuple[int, ...]] = (2, 3)

    kind: Literal["upsample"] = "upsample"
    factor: int = Field(2, ge=2, le=8, title="Factor", description="How many times larger every side becomes")
    mode: Literal["nearest", "bilinear"] = Field(
        "nearest", title="Mode", description="“nearest” repeats values; “bilinear” interpolates linearly between them"
    )

    def output_range(self, inside: Range, shape: Shape) -> Range:
        return inside

    def build(self, shape: Shape) -> nn.Module:
        mode = "linear" if self.mode == "bilinear" and len(shape) == 2 else self.mode
        return nn.Upsample(scale_factor=self.factor, mode=mode)
