"""Convolution over images."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import WEIGHTED_SUM, Group, Layer
from playground.catalog.layers.padding import Padding, filter_padding
from playground.catalog.layers.weights import Weighted
from playground.catalog.tensors import IMAGE, Axes, TensorSpec


class Conv2d(Weighted):
    """Slides small filters over the image; each filter outputs one map that shows where its pattern is (LeCun et al. 1989).

    Shape: (N, C, H, W) → (N, filters, H', W'). Padding "same": H' = H for stride 1, and ⌈H / stride⌉ for odd kernels;
    "valid": H' = ⌊(H − kernel) / stride⌋ + 1."""

    title: ClassVar[str] = "Convolution 2D"
    source: ClassVar[str] = "LeCun et al. 1989, Neural Computation 1(4):541"
    formula: ClassVar[str] = WEIGHTED_SUM
    beginners: ClassVar[str] = (
        "Looks for small patterns, such as edges, everywhere in the image. Each filter finds one pattern and draws a map of where it is"
    )
    group: ClassVar[Group] = "Convolution"
    keywords: ClassVar[str] = "convolutional conv CNN ConvNet filter kernel image"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)
    stands_in_for: ClassVar[str] = (
        "depthwise separable convolution, grouped convolution, dilated atrous convolution, conv3d convolution 3D, deformable convolution"
    )

    kind: Literal["conv2d"] = "conv2d"
    filters: int = Field(16, ge=1, le=1024, title="Filters", description="Number of maps that it outputs")
    kernel: int = Field(3, ge=1, le=15, title="Kernel", description="Side length of the square filter", json_schema_extra={"unit": "px"})
    stride: int = Field(
        1, ge=1, le=8, title="Stride", description="How far the filter moves each time", json_schema_extra={"unit": "px", "finer": True}
    )
    padding: Padding = Field(
        "same",
        title="Padding",
        description="“same” pads with zeros to keep the size; “valid” uses only complete windows",
        json_schema_extra={"finer": True},
    )

    def build(self, x: TensorSpec) -> nn.Module:
        channels, height, width = x.sizes
        if self.padding == "valid" and self.kernel > min(height, width):
            raise ValueError(f"a {self.kernel}×{self.kernel} filter does not fit into a map of {height}×{width} without padding")
        padding = filter_padding(self.padding, self.kernel, self.stride)
        convolution = nn.Conv2d(channels, self.filters, self.kernel, stride=self.stride, padding=padding, bias=self.bias)
        return self.settled(convolution)

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        return "Pad with zeros (“same”)", self.model_copy(update={"padding": "same"})
