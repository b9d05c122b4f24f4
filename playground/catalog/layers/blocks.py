"""Blocks: layers that contain layers."""

from functools import reduce
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.layers.shapes import build_chain, chain_range, chain_shape

if TYPE_CHECKING:
    AnyLayer = Layer

MAX_BRANCHES = 8


class Residual(Layer):
    """Adds its input to the output of its layers, so that they learn only the difference, and gradients can bypass them.

    If the layers change the shape, the input passes through a 1×1 convolution (for vectors, a dense layer) to match it.
    Shape: (N, …) → the output shape of its layers."""

    title: ClassVar[str] = "Residual block"
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2016, CVPR, arXiv:1512.03385"
    beginners: ClassVar[str] = "A shortcut around some layers, which only add to its input. Deep networks learn much better with it"
    group: ClassVar[Group] = "Block"

    kind: Literal["residual"] = "residual"
    layers: tuple["AnyLayer", ...] = Field((), max_length=50, title="Layers", description="What is added to the input")

    def branches(self) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
        return (("layers", self.layers),)

    def output_range(self, inside: Range, shape: Shape) -> Range:
        around = inside if chain_shape(self.layers, shape) == shape else ANY
        return chain_range(self.layers, shape, inside).added(around)

    def build(self, shape: Shape) -> nn.Module:
        body, after = build_chain(self.layers, shape)
        return ResidualBlock(body, _shortcut(shape, after))


class Parallel(Layer):
    """Passes its input to several branches side by side, and joins their outputs, like an inception block.

    Shape: (N, C, …) → (N, sum of the branches' channels, …) or, if they are added, the output shape of each. A branch without layers
    passes its input through."""

    title: ClassVar[str] = "Parallel branches"
    source: ClassVar[str] = "Szegedy et al. 2015, CVPR, arXiv:1409.4842"
    group: ClassVar[Group] = "Block"

    kind: Literal["parallel"] = "parallel"
    branch: tuple[tuple["AnyLayer", ...], ...] = Field(
        ((), ()), min_length=1, max_length=MAX_BRANCHES, title="Branches", description="Chains of layers that all get the same input"
    )
    join: Literal["concatenate", "add"] = Field(
        "concatenate", title="Join", description="Concatenate the branches' channels, or add the branches"
    )

    def branches(self) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
        return tuple((f"branch[{index}]", layers) for index, layers in enumerate(self.branch))

    def output_range(self, inside: Range, shape: Shape) -> Range:
        ranges = [chain_range(layers, shape, inside) for layers in self.branch]
        if len(ranges) == 1:
            return ranges[0]
        return reduce(Range.added if self.join == "add" else Range.joined, ranges)

    def build(self, shape: Shape) -> nn.Module:
        built = [build_chain(layers, shape) for layers in self.branch]
        shapes = [after for _, after in built]
        fixed = shapes if self.join == "add" else [after[1:] for after in shapes]
        if len(set(fixed)) > 1 or len({len(after) for after in shapes}) > 1:
            shapes_text = ", ".join("×".join(map(str, after)) for after in shapes)
            rule = "the same shape to be added" if self.join == "add" else "the same height and width to be joined"
            raise ValueError(f"its branches output {shapes_text}, but need {rule}")
        return ParallelBlock(*(module for module, _ in built), join=self.join)


def _shortcut(before: Shape, after: Shape) -> nn.Module:
    """From one shape to another: the identity, or the smallest layer that changes one to the other.

    Raises: ValueError if they differ in dimensions, or no stride leads from one size to the other."""
    if before == after:
        return nn.Identity()
    if len(before) == len(after) == 1:
        return nn.Linear(before[0], after[0])
    if len(before) == len(after):
        strides = [-(-old // new) for old, new in zip(before[1:], after[1:], strict=True)]
        reached = [-(-old // stride) for old, stride in zip(before[1:], strides, strict=True)]
        if reached == list(after[1:]):
            if len(strides) == 1:
                return nn.Conv1d(before[0], after[0], 1, stride=strides[0])
            return nn.Conv2d(before[0], after[0], 1, stride=(strides[0], strides[1]))
    old, new = "×".join(map(str, before)), "×".join(map(str, after))
    raise ValueError(f"its input is {old} and its layers output {new}, which no 1×1 convolution can match")
