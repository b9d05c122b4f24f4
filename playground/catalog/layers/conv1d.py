"""Convolution over sequences."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import WEIGHTED_SUM, Group, Layer
from playground.catalog.layers.padding import Padding, filter_padding
from playground.catalog.layers.step_modules import Conv1d as Conv1dOfSteps
from playground.catalog.layers.weights import Weighted
from playground.catalog.tensors import SEQUENCE, Axes, TensorSpec


class Conv1d(Weighted):
    """Slides small filters along a sequence; each filter outputs one number per step that shows where its pattern is (Waibel et al. 1989).

    Shape: (N, L, features) → (N, L', filters). Padding "same": L' = L for stride 1, and ⌈L / stride⌉ for odd kernels;
    "valid": L' = ⌊(L − kernel) / stride⌋ + 1."""

    title: ClassVar[str] = "Convolution 1D"
    source: ClassVar[str] = "Waibel et al. 1989, IEEE Transactions on Acoustics, Speech, and Signal Processing 37(3):328"
    formula: ClassVar[str] = WEIGHTED_SUM
    group: ClassVar[Group] = "Convolution"
    keywords: ClassVar[str] = "convolutional conv CNN TCN filter kernel sequence text time series"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)
    stands_in_for: ClassVar[str] = "causal dilated convolution 1D, WaveNet"

    kind: Literal["conv1d"] = "conv1d"
    filters: int = Field(16, ge=1, le=1024, title="Filters", description="Number of features that it outputs")
    kernel: int = Field(3, ge=1, le=101, title="Kernel", description="Length of the filter", json_schema_extra={"unit": "steps"})
    stride: int = Field(
        1, ge=1, le=16, title="Stride", description="How far the filter moves each time", json_schema_extra={"unit": "steps", "finer": True}
    )
    padding: Padding = Field(
        "same",
        title="Padding",
        description="“same” pads with zeros to keep the length; “valid” uses only complete windows",
        json_schema_extra={"finer": True},
    )

    @property
    def sees_later_steps(self) -> bool:
        return self.kernel > 1

    def build(self, x: TensorSpec) -> nn.Module:
        if self.padding == "valid" and self.kernel > x.size("length"):
            raise ValueError(f"a filter of {self.kernel} steps does not fit into a sequence of {x.size('length')} without padding")
        if self.padding == "valid" and x.varies:
            raise ValueError("without padding, sequences shorter than the filter would have no steps left")
        padding = filter_padding(self.padding, self.kernel, self.stride)
        convolution = Conv1dOfSteps(x.depth, self.filters, self.kernel, stride=self.stride, padding=padding, bias=self.bias)
        return self.settled(convolution)

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        return "Pad with zeros (“same”)", self.model_copy(update={"padding": "same"})
