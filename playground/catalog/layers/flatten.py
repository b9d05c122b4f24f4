"""From maps to a vector."""

from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.step_modules import Flatten as FlattenSteps
from playground.catalog.tensors import SEQUENCE, VECTOR, Axes, TensorSpec


class Flatten(Layer):
    """Puts all numbers of an example into one vector, as dense layers need it.

    Shape: (N, *) → (N, product of *); a sequence feature by feature."""

    title: ClassVar[str] = "Flatten"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    formula: ClassVar[str] = "y = x"
    beginners: ClassVar[str] = "Puts all numbers of an image in one row, so that dense layers can read them. The values stay the same"
    group: ClassVar[Group] = "Shape"
    respects_padding: ClassVar[bool] = False
    keywords: ClassVar[str] = "vector squeeze ravel view"

    kind: Literal["flatten"] = "flatten"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside if x.names == VECTOR else inside.reordered()

    def build(self, x: TensorSpec) -> nn.Module:
        return FlattenSteps() if x.names == SEQUENCE else nn.Flatten()

    def axes_after(self, x: TensorSpec) -> Axes:
        return VECTOR
