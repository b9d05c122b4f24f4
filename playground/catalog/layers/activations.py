"""Activations, which make a stack of layers more than one linear map. Each use is a separate module: attribution methods need that."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.ranges import Range, monotonic
from playground.catalog.layers.step_modules import Softmax as SoftmaxOfSteps
from playground.catalog.tensors import SEQUENCE, TensorSpec


class Activation(Layer):
    """A function of each number (softmax: of each vector)."""

    group: ClassVar[Group] = "Activation"
    cuts_off: ClassVar[bool] = False
    """Whether it is flat beyond its ends, where the gradient is 0."""
    lowest: ClassVar[float | None] = None
    """Its minimum, if it falls before it rises; None if it keeps the order of numbers."""

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        ends = monotonic(self.build(x), inside, self.cuts_off)
        return ends if self.lowest is None or inside.low >= 0 else Range(self.lowest, max(0.0, ends.high))


class ReLU(Activation):
    """Keeps positive numbers and sets negative ones to zero: max(0, x).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "ReLU"
    source: ClassVar[str] = "Nair and Hinton 2010, ICML"
    formula: ClassVar[str] = "y = max(0, x)"
    beginners: ClassVar[str] = (
        "Keeps positive numbers and sets negative ones to 0. Without such a bend between them, many layers can do no more than one"
    )
    cuts_off: ClassVar[bool] = True
    keywords: ClassVar[str] = "rectifier rectified linear unit activation"
    stands_in_for: ClassVar[str] = "ReLU6, threshold, squared ReLU, CReLU"

    kind: Literal["relu"] = "relu"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.ReLU()


class LeakyReLU(Activation):
    """Like ReLU, but keeps a small slope for negative numbers, so that no unit dies: max(x, slope · x).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Leaky ReLU"
    source: ClassVar[str] = "Maas, Hannun, Ng 2013, ICML"
    formula: ClassVar[str] = "y = max(x, α·x)"
    symbols: ClassVar[Mapping[str, str]] = {"α": "slope"}
    keywords: ClassVar[str] = "LReLU rectifier activation"
    stands_in_for: ClassVar[str] = "RReLU randomized leaky ReLU"

    kind: Literal["leaky_relu"] = "leaky_relu"
    slope: float = Field(0.01, ge=0, le=1, title="Slope", description="Slope for negative numbers")

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.LeakyReLU(self.slope)


class Tanh(Activation):
    """Squeezes every number smoothly into the range from −1 to 1.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Tanh"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html"
    formula: ClassVar[str] = "y = tanh(x)"
    beginners: ClassVar[str] = (
        "Squeezes every number into the range from −1 to 1, so that the next layer can draw curves and not only straight lines"
    )
    keywords: ClassVar[str] = "hyperbolic tangent activation"
    stands_in_for: ClassVar[str] = "softsign, tanhshrink, sine SIREN"

    kind: Literal["tanh"] = "tanh"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Tanh()


class HardTanh(Activation):
    """A piecewise linear tanh: clips every number to the range from −limit to +limit.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Hard tanh"
    source: ClassVar[str] = "Collobert 2004, thesis, Université Paris 6"
    formula: ClassVar[str] = "y = max(−c, min(c, x))"
    symbols: ClassVar[Mapping[str, str]] = {"c": "limit"}
    cuts_off: ClassVar[bool] = True
    keywords: ClassVar[str] = "clip clamp activation"
    stands_in_for: ClassVar[str] = "hard sigmoid, hard swish hardswish"

    kind: Literal["hard_tanh"] = "hard_tanh"
    limit: float = Field(1.0, ge=0.1, le=10, title="Limit", description="Numbers are clipped to ± this limit")

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Hardtanh(-self.limit, self.limit)


class Sigmoid(Activation):
    """Squeezes every number into the range from 0 to 1: 1 / (1 + exp(−x)).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Sigmoid"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html"
    formula: ClassVar[str] = "y = 1/(1 + exp(−x))"
    beginners: ClassVar[str] = "Squeezes every number into the range from 0 to 1, like a percentage or a probability"
    keywords: ClassVar[str] = "logistic sigma activation"
    stands_in_for: ClassVar[str] = "log sigmoid logsigmoid, step function Heaviside"

    kind: Literal["sigmoid"] = "sigmoid"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.Sigmoid()


class GELU(Activation):
    """A smooth ReLU: x times the probability that a normal variable is below x (Hendrycks and Gimpel 2016).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "GELU"
    source: ClassVar[str] = "Hendrycks and Gimpel 2016, arXiv:1606.08415"
    formula: ClassVar[str] = "y = x·Φ(x)"
    lowest: ClassVar[float | None] = -0.17
    keywords: ClassVar[str] = "Gaussian error linear unit activation"
    stands_in_for: ClassVar[str] = "GLU gated linear unit, SwiGLU GEGLU"

    kind: Literal["gelu"] = "gelu"

    def build(self, x: TensorSpec) -> nn.Module:
        return nn.GELU()


class Softmax(Activation):
    """Turns the numbers of an example into shares that sum to 1. Cross-entropy applies it itself, so leave it out at the end of a network.

    Shape: (N, features) → (N, features); over the features of each step of a sequence, or the channels of an image."""

    title: ClassVar[str] = "Softmax"
    source: ClassVar[str] = "Bridle 1990, Neurocomputing"
    formula: ClassVar[str] = "y = exp(x)/Σ(exp(x))"
    keywords: ClassVar[str] = "probabilities normalized exponential"
    stands_in_for: ClassVar[str] = "log softmax logsoftmax, softmin, sparsemax"

    kind: Literal["softmax"] = "softmax"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return Range(1.0, 1.0) if x.depth == 1 else Range(0.0, 1.0, sums_to_one=True)

    def build(self, x: TensorSpec) -> nn.Module:
        return SoftmaxOfSteps(dim=1) if x.names == SEQUENCE else nn.Softmax(dim=1)
