"""A layer that does nothing."""

from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.tensors import TensorSpec


class Identity(Layer):
    """Passes its input through unchanged. In place of an activation, it shows what a network can do without one.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Identity"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html"
    formula: ClassVar[str] = "y = x"
    group: ClassVar[Group] = "Activation"
    keywords: ClassVar[str] = "linear activation none pass-through"
    stands_in_for: ClassVar[str] = "lambda"

    kind: Literal["identity"] = "identity"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Identity()
