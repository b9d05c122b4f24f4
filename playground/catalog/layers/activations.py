"""Activations: what makes a stack of layers more than one linear map. Each use is a module of its own, as attribution methods need it."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape


class Activation(Layer):
    """A function of each number by itself (softmax: of each vector)."""

    group: ClassVar[Group] = "Activation"


class ReLU(Activation):
    """Keeps positive numbers and makes negative ones zero: max(0, x).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "ReLU"
    source: ClassVar[str] = "Nair and Hinton 2010, ICML"
    beginners: ClassVar[str] = (
        "Lets positive numbers pass and makes negative ones 0. Without such a bend between them, many layers are no better than one"
    )

    kind: Literal["relu"] = "relu"

    def build(self, shape: Shape) -> nn.Module:
        return nn.ReLU()


class LeakyReLU(Activation):
    """Like ReLU, but lets a little of the negative side through, so that no unit dies: max(x, slope · x).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Leaky ReLU"
    source: ClassVar[str] = "Maas, Hannun, Ng 2013, ICML"

    kind: Literal["leaky_relu"] = "leaky_relu"
    slope: float = Field(0.01, ge=0, le=1, title="Slope", description="Of the negative side")

    def build(self, shape: Shape) -> nn.Module:
        return nn.LeakyReLU(self.slope)


class Tanh(Activation):
    """Squeezes every number between −1 and 1, smoothly.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Tanh"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html"
    beginners: ClassVar[str] = (
        "Bends every number softly into the range from −1 to 1, so that the next layer can draw curves and not only straight lines"
    )

    kind: Literal["tanh"] = "tanh"

    def build(self, shape: Shape) -> nn.Module:
        return nn.Tanh()


class HardTanh(Activation):
    """Tanh of straight lines: cuts off every number below −limit and above it.

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Hard tanh"
    source: ClassVar[str] = "Collobert 2004, thesis, Université Paris 6"

    kind: Literal["hard_tanh"] = "hard_tanh"
    limit: float = Field(1.0, ge=0.1, le=10, title="Limit", description="Where it is cut off, on both sides")

    def build(self, shape: Shape) -> nn.Module:
        return nn.Hardtanh(-self.limit, self.limit)


class Sigmoid(Activation):
    """Squeezes every number between 0 and 1: 1 / (1 + exp(−x)).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "Sigmoid"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html"
    beginners: ClassVar[str] = "Bends every number softly into the range from 0 to 1, as a share or a chance"

    kind: Literal["sigmoid"] = "sigmoid"

    def build(self, shape: Shape) -> nn.Module:
        return nn.Sigmoid()


class GELU(Activation):
    """A smooth ReLU: x times the chance that a normal variable is below x (Hendrycks and Gimpel 2016).

    Shape: (N, *) → (N, *)."""

    title: ClassVar[str] = "GELU"
    source: ClassVar[str] = "Hendrycks and Gimpel 2016, arXiv:1606.08415"

    kind: Literal["gelu"] = "gelu"

    def build(self, shape: Shape) -> nn.Module:
        return nn.GELU()


class Softmax(Activation):
    """Turns the numbers of an example into shares that sum to 1. Cross-entropy does this itself: do not put it at the end.

    Shape: (N, features) → (N, features); over the channels of an image."""

    title: ClassVar[str] = "Softmax"
    source: ClassVar[str] = "Bridle 1990, Neurocomputing"

    kind: Literal["softmax"] = "softmax"

    def build(self, shape: Shape) -> nn.Module:
        return nn.Softmax(dim=1)
