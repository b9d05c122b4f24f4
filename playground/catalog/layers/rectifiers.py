"""Activations that keep positive numbers, or nearly so, and differ in how they change negative ones."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.activations import Activation
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.layers.step_modules import PReLU as PReLUOfSteps
from playground.catalog.tensors import SEQUENCE, TensorSpec


class PReLU(Activation):
    """A leaky ReLU that learns its slope for negative numbers, which starts at 0.25.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "PReLU"
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2015, ICCV, arXiv:1502.01852"
    formula: ClassVar[str] = "y = max(0, x) + a·min(0, x)"
    symbols: ClassVar[Mapping[str, str]] = {"a": "weight"}
    keywords: ClassVar[str] = "parametric rectifier activation"

    kind: Literal["prelu"] = "prelu"
    per_channel: bool = Field(
        False,
        title="Per channel",
        description="Learn a slope for each channel (or feature, without channels) instead of one for all",
    )

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside if inside.low >= 0 else ANY

    def build(self, x: TensorSpec) -> nn.Module:
        if not self.per_channel:
            return nn.PReLU()
        return PReLUOfSteps(x.depth) if x.names == SEQUENCE else nn.PReLU(x.depth)


class ELU(Activation):
    """Keeps positive numbers and bends negative ones smoothly toward −alpha, so that the mean stays near zero: alpha · (exp(x) − 1).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "ELU"
    source: ClassVar[str] = "Clevert, Unterthiner, Hochreiter 2016, ICLR, arXiv:1511.07289"
    formula: ClassVar[str] = "y = max(0, x) + α·(exp(min(0, x)) − 1)"
    symbols: ClassVar[Mapping[str, str]] = {"α": "alpha"}
    keywords: ClassVar[str] = "exponential linear unit activation"
    stands_in_for: ClassVar[str] = "CELU"

    kind: Literal["elu"] = "elu"
    alpha: float = Field(1.0, gt=0, le=5, title="Alpha", description="Large negative numbers become −alpha")

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.ELU(self.alpha)


class SELU(Activation):
    """An ELU scaled so that, with LeCun initialization, the outputs of every layer keep mean 0 and variance 1 without normalization.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "SELU"
    source: ClassVar[str] = "Klambauer, Unterthiner, Mayr, Hochreiter 2017, NeurIPS, arXiv:1706.02515"
    formula: ClassVar[str] = "y = 1.050701·(max(0, x) + 1.673263·(exp(min(0, x)) − 1))"
    keywords: ClassVar[str] = "scaled exponential self-normalizing activation"

    kind: Literal["selu"] = "selu"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.SELU()


class Softplus(Activation):
    """A ReLU with a round corner, always positive: log(1 + exp(beta · x)) / beta.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Softplus"
    source: ClassVar[str] = "Dugas, Bengio, Bélisle, Nadeau, Garcia 2001, NeurIPS"
    formula: ClassVar[str] = "y = log(1 + exp(β·x))/β"
    symbols: ClassVar[Mapping[str, str]] = {"β": "beta"}
    keywords: ClassVar[str] = "smooth rectifier activation"

    kind: Literal["softplus"] = "softplus"
    beta: float = Field(1.0, ge=0.1, le=20, title="Beta", description="How sharp the corner is; the larger, the more like ReLU")

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Softplus(self.beta)
