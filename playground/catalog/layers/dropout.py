"""Dropout, of single numbers and of whole maps."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.ranges import Range


class Dropout(Layer):
    """Zeroes each activation with probability `rate` while training, so that no unit can lean on another (Srivastava et al. 2014).

    Shape: (N, *) → (N, *). Evaluation: the identity."""

    title: ClassVar[str] = "Dropout"
    source: ClassVar[str] = "Srivastava et al. 2014, JMLR 15:1929"
    beginners: ClassVar[str] = (
        "While training, switches some numbers off by chance, so that the network does not learn the examples by heart"
    )
    group: ClassVar[Group] = "Regularisation"

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(0.2, ge=0, le=0.9, title="Rate", description="Share of activations switched off in a step")

    def output_range(self, inside: Range, shape: Shape) -> Range:
        return inside

    def build(self, shape: Shape) -> nn.Module:
        return nn.Dropout(self.rate)


class Dropout2d(Layer):
    """Zeroes whole maps with probability `rate` while training: neighbouring pixels carry the same news (Tompson et al. 2015).

    Shape: (N, C, H, W) → (N, C, H, W). Evaluation: the identity."""

    title: ClassVar[str] = "Dropout 2D"
    source: ClassVar[str] = "Tompson et al. 2015, arXiv:1411.4280"
    group: ClassVar[Group] = "Regularisation"
    ranks: ClassVar[tuple[int, ...]] = (3,)

    kind: Literal["dropout2d"] = "dropout2d"
    rate: float = Field(0.2, ge=0, le=0.9, title="Rate", description="Share of maps switched off in a step")

    def output_range(self, inside: Range, shape: Shape) -> Range:
        return inside

    def build(self, shape: Shape) -> nn.Module:
        return nn.Dropout2d(self.rate)
