"""Transposed convolution over images."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import WEIGHTED_SUM, Group, Layer
from playground.catalog.layers.weights import Weighted
from playground.catalog.tensors import IMAGE, Axes, TensorSpec


class ConvTranspose2d(Weighted):
    """A convolution in reverse: every pixel stamps its filter onto a larger map. Used in decoders and generators (Zeiler et al. 2010).

    Shape: (N, C, H, W) → (N, filters, H', W'). Padding "same": H' = H · stride; "valid": H' = (H − 1) · stride + kernel."""

    title: ClassVar[str] = "Transposed convolution 2D"
    source: ClassVar[str] = "Zeiler, Krishnan, Taylor, Fergus 2010, CVPR"
    formula: ClassVar[str] = WEIGHTED_SUM
    group: ClassVar[Group] = "Convolution"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)
    keywords: ClassVar[str] = "deconvolution deconv up-convolution fractionally strided decoder generator"

    kind: Literal["conv_transpose2d"] = "conv_transpose2d"
    filters: int = Field(16, ge=1, le=1024, title="Filters", description="Number of maps that it outputs")
    kernel: int = Field(
        4, ge=1, le=15, title="Kernel", description="Side length of the square filter; multiples of the stride avoid checkerboard patterns",
        json_schema_extra={"unit": "px"},
    )  # fmt: skip
    stride: int = Field(2, ge=1, le=8, title="Stride", description="How many times larger the map becomes")
    padding: Literal["same", "valid"] = Field(
        "same",
        title="Padding",
        description="“same” cuts the edges off, to the size of the input times the stride; “valid” keeps them",
    )

    def build(self, x: TensorSpec) -> nn.Module:
        padding, extra = self._padding()
        return self.settled(
            nn.ConvTranspose2d(
                x.depth,
                self.filters,
                self.kernel,
                stride=self.stride,
                padding=padding,
                output_padding=extra,
                bias=self.bias,
            )
        )

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        kernel = self.kernel - 1
        return f"Use filters of {kernel}×{kernel}", self.model_copy(update={"kernel": kernel})

    def _padding(self) -> tuple[int, int]:
        """How many pixels are cut off at every edge, and how many are added back at the right and the bottom.

        Raises: ValueError if no cut leads to the size."""
        if self.padding == "valid":
            return 0, 0
        surplus = self.kernel - self.stride
        padding = max(0, -(-surplus // 2))
        extra = 2 * padding - surplus
        if extra and self.stride == 1:
            raise ValueError(f"with stride 1 and “same” padding it needs an odd kernel, not {self.kernel}")
        return padding, extra
