"""Smooth activations that are not monotonic: they dip below zero before they rise."""

from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.activations import Activation
from playground.catalog.tensors import TensorSpec


class SiLU(Activation):
    """Also known as Swish: the number times its own sigmoid, x / (1 + exp(−x)).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "SiLU"
    source: ClassVar[str] = "Elfwing, Uchibe, Doya 2018, Neural Networks 107:3, arXiv:1702.03118"
    formula: ClassVar[str] = "y = x/(1 + exp(−x))"
    lowest: ClassVar[float | None] = -0.2785
    keywords: ClassVar[str] = "Swish sigmoid linear unit activation"

    kind: Literal["silu"] = "silu"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.SiLU()


class Mish(Activation):
    """Like SiLU, with a softer bend: x · tanh(log(1 + exp(x))).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Mish"
    source: ClassVar[str] = "Misra 2020, BMVC, arXiv:1908.08681"
    formula: ClassVar[str] = "y = x·tanh(log(1 + exp(x)))"
    lowest: ClassVar[float | None] = -0.3089
    keywords: ClassVar[str] = "activation"

    kind: Literal["mish"] = "mish"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Mish()
