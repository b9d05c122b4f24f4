"""Larger maps without weights."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.step_modules import Upsample as UpsampleSteps
from playground.catalog.tensors import IMAGE, SEQUENCE, Axes, TensorSpec


class Upsample(Layer):
    """Enlarges maps or sequences by a factor, repeating every value or interpolating linearly. It has no weights.

    Shape: (N, C, H, W) → (N, C, H · factor, W · factor); (N, L, features) → (N, L · factor, features)."""

    title: ClassVar[str] = "Upsampling"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html"
    formula: ClassVar[str] = "y = the nearest x, or between the nearest ones"
    group: ClassVar[Group] = "Shape"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE, IMAGE)
    keywords: ClassVar[str] = "upscale enlarge interpolate resize nearest bilinear unpooling"
    stands_in_for: ClassVar[str] = "pixel shuffle, zero padding 2D"

    kind: Literal["upsample"] = "upsample"
    factor: int = Field(2, ge=2, le=8, title="Factor", description="How many times larger every side becomes")
    mode: Literal["nearest", "bilinear"] = Field(
        "nearest", title="Mode", description="“nearest” repeats values; “bilinear” interpolates linearly between them"
    )

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        return "Repeat values (“nearest”)", self.model_copy(update={"mode": "nearest"})

    def build(self, x: TensorSpec) -> nn.Module:
        if x.varies and self.mode == "bilinear":
            raise ValueError("interpolation would mix the last step of a shorter sequence with what stands after its end")
        if x.names == SEQUENCE:
            return UpsampleSteps(scale_factor=self.factor, mode="linear" if self.mode == "bilinear" else self.mode)
        return nn.Upsample(scale_factor=self.factor, mode=self.mode)
