"""Dropout of single numbers and of whole maps."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.ranges import Range
from playground.catalog.tensors import IMAGE, Axes, TensorSpec


class Dropout(Layer):
    """Zeroes each activation with probability `rate` during training, so that no unit can rely on another (Srivastava et al. 2014).

    Shape: (N, *) → (N, *). In evaluation mode: the identity."""

    title: ClassVar[str] = "Dropout"
    source: ClassVar[str] = "Srivastava et al. 2014, JMLR 15:1929"
    formula: ClassVar[str] = "y = x/(1 − rate), or 0 at random"
    beginners: ClassVar[str] = "Switches off some numbers at random during training, so that the network does not memorize the examples"
    group: ClassVar[Group] = "Regularization"
    changes: ClassVar[Mapping[str, tuple[str, ...]]] = {"rate": ("p",)}
    keywords: ClassVar[str] = "drop regularization"
    stands_in_for: ClassVar[str] = "alpha dropout, DropConnect, stochastic depth DropPath"

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(0.2, ge=0, le=0.9, title="Rate", description="Share of activations that are switched off in each step")

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Dropout(self.rate)


class Dropout2d(Layer):
    """Zeroes whole maps with probability `rate` during training, since neighboring pixels carry the same information (Tompson et al. 2015).

    Shape: (N, C, H, W) → (N, C, H, W). In evaluation mode: the identity."""

    title: ClassVar[str] = "Dropout 2D"
    source: ClassVar[str] = "Tompson et al. 2015, arXiv:1411.4280"
    formula: ClassVar[str] = "y = x/(1 − rate), or 0 for a whole map at random"
    group: ClassVar[Group] = "Regularization"
    changes: ClassVar[Mapping[str, tuple[str, ...]]] = {"rate": ("p",)}
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)
    keywords: ClassVar[str] = "spatial dropout drop channels regularization"
    stands_in_for: ClassVar[str] = "DropBlock, cutout"

    kind: Literal["dropout2d"] = "dropout2d"
    rate: float = Field(0.2, ge=0, le=0.9, title="Rate", description="Share of maps that are switched off in each step")

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Dropout2d(self.rate)
