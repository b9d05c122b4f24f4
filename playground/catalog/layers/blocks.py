"""Blocks: layers that contain layers."""

from functools import reduce
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.layers.shapes import build_chain, chain_range, chain_tensor
from playground.catalog.layers.step_modules import Conv1d
from playground.catalog.tensors import SEQUENCE, VECTOR, Axes, Axis, TensorSpec

if TYPE_CHECKING:
    AnyLayer = Layer

MAX_BRANCHES = 8


class Residual(Layer):
    """Adds its input to the output of its layers, so that they learn only the difference, and gradients can bypass them.

    If the layers change the shape, the input passes through a 1×1 convolution (for vectors, a dense layer) to match it.
    Shape: (N, …) → the output shape of its layers."""

    title: ClassVar[str] = "Residual block"
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2016, CVPR, arXiv:1512.03385"
    formula: ClassVar[str] = "y = F(x) + x"
    beginners: ClassVar[str] = "A shortcut around some layers, which only add to its input. Deep networks learn much better with it"
    group: ClassVar[Group] = "Block"
    keywords: ClassVar[str] = "skip connection shortcut ResNet add sum identity"
    stands_in_for: ClassVar[str] = "highway, DenseNet dense block, squeeze excitation SE"

    kind: Literal["residual"] = "residual"
    layers: tuple["AnyLayer", ...] = Field((), max_length=50, title="Layers", description="What is added to the input")

    def branches(self) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
        return (("layers", self.layers),)

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        around = inside if chain_tensor(self.layers, x).axes == x.axes else ANY
        return chain_range(self.layers, x, inside).added(around)

    def build(self, x: TensorSpec) -> nn.Module:
        body, after = build_chain(self.layers, x)
        return ResidualBlock(body, _shortcut(x, after))


class Parallel(Layer):
    """Passes its input to several branches side by side, and joins their outputs, like an inception block.

    Shape: (N, C, …) → (N, sum of the branches' channels, …), or the sum of their features, or, if they are added, the output shape of
    each. A branch without layers passes its input through."""

    title: ClassVar[str] = "Parallel branches"
    source: ClassVar[str] = "Szegedy et al. 2015, CVPR, arXiv:1409.4842"
    formula: ClassVar[str] = "y = F₁(x), F₂(x), … joined"
    group: ClassVar[Group] = "Block"
    keywords: ClassVar[str] = "concat concatenate merge join split Inception multi-branch two towers"
    stands_in_for: ClassVar[str] = "mixture of experts MoE, U-Net"

    kind: Literal["parallel"] = "parallel"
    branch: tuple[tuple["AnyLayer", ...], ...] = Field(
        ((), ()), min_length=1, max_length=MAX_BRANCHES, title="Branches", description="Chains of layers that all get the same input"
    )
    join: Literal["concatenate", "add"] = Field(
        "concatenate", title="Join", description="Concatenate the branches' channels or features, or add the branches"
    )

    def branches(self) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
        return tuple((f"branch[{index}]", layers) for index, layers in enumerate(self.branch))

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        ranges = [chain_range(layers, x, inside) for layers in self.branch]
        if len(ranges) == 1:
            return ranges[0]
        return reduce(Range.added if self.join == "add" else Range.joined, ranges)

    def build(self, x: TensorSpec) -> nn.Module:
        built = [build_chain(layers, x) for layers in self.branch]
        after = [tensor for _, tensor in built]
        fixed = [tensor.axes if self.join == "add" else tensor.resized(_joined(tensor), 1).axes for tensor in after]
        if len(set(fixed)) > 1:
            rule = "the same shape to be added" if self.join == "add" else "the same height and width, or length, to be joined"
            raise ValueError(f"its branches output {', '.join(map(str, after))}, but need {rule}")
        return ParallelBlock(*(module for module, _ in built), join=self.join, steps=after[0].names == SEQUENCE)

    def axes_after(self, x: TensorSpec) -> Axes:
        return chain_tensor(self.branch[0], x).names


def _joined(x: TensorSpec) -> Axis:
    """The axis along which branches are joined."""
    return "features" if x.has("features") else "channels"


def _shortcut(before: TensorSpec, after: TensorSpec) -> nn.Module:
    """From one tensor to another: the identity, or the smallest layer that changes one to the other.

    Raises: ValueError if they differ in their axes, or no stride leads from one size to the other."""
    if before.axes == after.axes:
        return nn.Identity()
    if before.names == after.names == VECTOR:
        return nn.Linear(before.depth, after.depth)
    if before.names == after.names:
        old, new = (tuple(size for name, size in x.axes if name != _joined(x)) for x in (before, after))
        strides = [-(-size // smaller) for size, smaller in zip(old, new, strict=True)]
        if new == tuple(-(-size // stride) for size, stride in zip(old, strides, strict=True)):
            if len(strides) == 1:
                return Conv1d(before.depth, after.depth, 1, stride=strides[0])
            return nn.Conv2d(before.depth, after.depth, 1, stride=(strides[0], strides[1]))
    raise ValueError(f"its input is {before} and its layers output {after}, which no 1×1 convolution can match")
