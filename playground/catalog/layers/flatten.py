"""From maps to a vector."""

from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.ranges import Range


class Flatten(Layer):
    """Puts all numbers of an example into one vector, as dense layers need it.

    Shape: (N, *) → (N, product of *)."""

    title: ClassVar[str] = "Flatten"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    beginners: ClassVar[str] = "Puts all numbers of an image in one row, so that dense layers can read them. The values stay the same"
    group: ClassVar[Group] = "Shape"

    kind: Literal["flatten"] = "flatten"

    def output_range(self, inside: Range, shape: Shape) -> Range:
        return inside if len(shape) == 1 else inside.reordered()

    def build(self, shape: Shape) -> nn.Module:
        return nn.Flatten()
