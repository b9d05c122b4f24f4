"""Pooling: smaller maps that keep what matters."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import AVERAGE, Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.step_modules import MaxPool1d as MaxPool1dOfSteps
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, Axes, TensorSpec


class _WindowPool(Layer):
    """Pooling over windows that do not overlap."""

    group: ClassVar[Group] = "Pooling"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)

    size: int = Field(
        2,
        ge=2,
        le=15,
        title="Size",
        description="Side length of the window; the map shrinks by this factor",
        json_schema_extra={"unit": "px"},
    )

    def _check(self, x: TensorSpec) -> None:
        height, width = x.size("height"), x.size("width")
        if self.size > min(height, width):
            raise ValueError(f"a window of {self.size}×{self.size} does not fit into a map of {height}×{width}")


class MaxPool2d(_WindowPool):
    """Keeps the largest value of each window.

    Shape: (N, C, H, W) → (N, C, ⌊H / size⌋, ⌊W / size⌋)."""

    title: ClassVar[str] = "Max pooling 2D"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html"
    formula: ClassVar[str] = "y = the largest x of its window"
    beginners: ClassVar[str] = (
        "Makes images smaller by keeping the largest number of each small square, so that later layers see more at a glance"
    )
    keywords: ClassVar[str] = "maxpool subsampling downsampling pool"
    stands_in_for: ClassVar[str] = "LP pooling, fractional max pooling, max unpooling"

    kind: Literal["max_pool2d"] = "max_pool2d"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        self._check(x)
        return nn.MaxPool2d(self.size)


class AvgPool2d(_WindowPool):
    """Keeps the mean of each window.

    Shape: (N, C, H, W) → (N, C, ⌊H / size⌋, ⌊W / size⌋)."""

    title: ClassVar[str] = "Average pooling 2D"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html"
    formula: ClassVar[str] = AVERAGE
    keywords: ClassVar[str] = "avgpool mean subsampling downsampling pool"
    stands_in_for: ClassVar[str] = "sum pooling"

    kind: Literal["avg_pool2d"] = "avg_pool2d"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        self._check(x)
        return nn.AvgPool2d(self.size)


class AdaptiveAvgPool2d(Layer):
    """Divides each map into a grid of size × size cells, whatever its size, and keeps the mean of each cell (He et al. 2015).

    Shape: (N, C, H, W) → (N, C, size, size)."""

    title: ClassVar[str] = "Adaptive average pooling 2D"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html"
    formula: ClassVar[str] = AVERAGE
    group: ClassVar[Group] = "Pooling"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)
    keywords: ClassVar[str] = "avgpool mean pool spatial pyramid"
    stands_in_for: ClassVar[str] = "adaptive max pooling"

    kind: Literal["adaptive_avg_pool2d"] = "adaptive_avg_pool2d"
    size: int = Field(4, ge=1, le=64, title="Size", description="Side length of the map that it outputs", json_schema_extra={"unit": "px"})

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.AdaptiveAvgPool2d(self.size)


class MaxPool1d(Layer):
    """Keeps the largest value of each window of a sequence.

    Shape: (N, L, features) → (N, ⌊L / size⌋, features)."""

    title: ClassVar[str] = "Max pooling 1D"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html"
    formula: ClassVar[str] = "y = the largest x of its window"
    group: ClassVar[Group] = "Pooling"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)
    keywords: ClassVar[str] = "maxpool subsampling downsampling pool sequence"
    stands_in_for: ClassVar[str] = "average pooling 1D"

    kind: Literal["max_pool1d"] = "max_pool1d"
    size: int = Field(
        2,
        ge=2,
        le=64,
        title="Size",
        description="Length of the window; the sequence shrinks by this factor",
        json_schema_extra={"unit": "steps"},
    )

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        if self.size > x.size("length"):
            raise ValueError(f"a window of {self.size} steps does not fit into a sequence of {x.size('length')}")
        return MaxPool1dOfSteps(self.size)


class GlobalAvgPool2d(Layer):
    """Keeps the mean of each whole map: one number per channel, whatever the size of the image (Lin et al. 2013).

    Shape: (N, C, H, W) → (N, C)."""

    title: ClassVar[str] = "Global average pooling 2D"
    source: ClassVar[str] = "Lin, Chen, Yan 2013, arXiv:1312.4400"
    formula: ClassVar[str] = AVERAGE
    group: ClassVar[Group] = "Pooling"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)
    keywords: ClassVar[str] = "GAP avgpool mean pool"
    stands_in_for: ClassVar[str] = "global max pooling"

    kind: Literal["global_avg_pool2d"] = "global_avg_pool2d"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def axes_after(self, x: TensorSpec) -> Axes:
        return VECTOR
