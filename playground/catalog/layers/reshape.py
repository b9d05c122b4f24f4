"""The same numbers in another shape: as maps, or as a sequence."""

import math
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Grid, Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.sizes import check_numbers
from playground.catalog.layers.step_modules import Flatten as FlattenSteps
from playground.catalog.layers.step_modules import NumbersToSteps, ToSteps
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, Axes, TensorSpec

_FOLLOWS = "If empty, computed from the other sizes, with maps as square as possible"


class Reshape(Layer):
    """Arranges the numbers of an example as maps, channel by channel and row by row. Decoders start with it, after a dense layer.

    Shape: (N, *) → (N, channels, height, width), with as many numbers; a sequence feature by feature."""

    title: ClassVar[str] = "Reshape"
    respects_padding: ClassVar[bool] = False
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html"
    formula: ClassVar[str] = "y = x"
    group: ClassVar[Group] = "Shape"
    keywords: ClassVar[str] = "unflatten view"
    stands_in_for: ClassVar[str] = "permute transpose"

    kind: Literal["reshape"] = "reshape"
    channels: int = Field(1, ge=1, le=8192, title="Channels", description="Number of maps that it outputs")
    height: int | None = Field(None, ge=1, le=8192, title="Height", description=_FOLLOWS, json_schema_extra={"unit": "px", "none": "auto"})
    width: int | None = Field(None, ge=1, le=8192, title="Width", description=_FOLLOWS, json_schema_extra={"unit": "px", "none": "auto"})

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        height, width = self._sides(x.numbers)
        unflatten = nn.Unflatten(1, (self.channels, height, width))
        if x.names == VECTOR:
            return unflatten
        return nn.Sequential(FlattenSteps() if x.names == SEQUENCE else nn.Flatten(), unflatten)

    def axes_after(self, x: TensorSpec) -> Axes:
        return IMAGE

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        numbers = x.numbers
        check_numbers(numbers, "its input would have")
        channels = next(divisor for divisor in range(min(self.channels, numbers), 0, -1) if numbers % divisor == 0)
        changed = self.model_copy(update={"channels": channels, "height": None, "width": None})
        height, width = changed._sides(numbers)
        return f"Make it {channels}×{height}×{width}", changed

    def _sides(self, numbers: int) -> tuple[int, int]:
        """Height and width for this many numbers. Raises: ValueError if they do not fit exactly; TooLargeError."""
        check_numbers(numbers, "its input would have")
        a_map, rest = divmod(numbers, self.channels)
        height, width = self.height, self.width
        if not rest:
            if height is None and width is None:
                height = next(side for side in range(math.isqrt(a_map), 0, -1) if a_map % side == 0)
            height = height or a_map // (width or 1)
            width = width or a_map // height
        if rest or height is None or width is None or height * width != a_map:
            shape = "×".join("…" if side is None else str(side) for side in (self.channels, self.height, self.width))
            raise ValueError(f"{numbers} numbers cannot be reshaped to {shape}")
        return height, width


class ToSequence(Layer):
    """Turns its input into a sequence: a vector into steps of one number, an image into its pixels or its columns.

    Shape: (N, features) → (N, features, 1); (N, C, H, W) → (N, H · W, C) by pixels, (N, W, C · H) by columns; sequences are unchanged."""

    title: ClassVar[str] = "To sequence"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    formula: ClassVar[str] = "y = x"
    group: ClassVar[Group] = "Shape"
    keywords: ClassVar[str] = "steps tokens columns pixels"
    stands_in_for: ClassVar[str] = "repeat vector"

    kind: Literal["to_sequence"] = "to_sequence"
    steps: Literal["pixels", "columns"] = Field(
        "pixels",
        title="Steps",
        description="For images: each pixel is a step, row by row; or each column is a step, with its pixels as features",
    )

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside.reordered()

    def grid(self, x: TensorSpec) -> Grid | None:
        if x.names != IMAGE:
            return None
        return Grid(x.size("height") if self.steps == "pixels" else 1, x.size("width"))

    def build(self, x: TensorSpec) -> nn.Module:
        if x.names == VECTOR:
            return NumbersToSteps()
        if x.names == SEQUENCE:
            return nn.Identity()
        return ToSteps(2) if self.steps == "pixels" else ToSteps(1, 2)

    def axes_after(self, x: TensorSpec) -> Axes:
        return SEQUENCE
