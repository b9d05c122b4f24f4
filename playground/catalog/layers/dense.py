"""Fully connected layers."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import WEIGHTED_SUM, Group, Layer
from playground.catalog.layers.weights import Weighted
from playground.catalog.tensors import VECTOR, Axes, TensorSpec


class Dense(Weighted):
    """Every output is a weighted sum of all inputs: y = Wx + b.

    Shape: (N, features) → (N, units); of a sequence, each step by itself: (N, L, features) → (N, L, units)."""

    title: ClassVar[str] = "Dense"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    formula: ClassVar[str] = WEIGHTED_SUM
    beginners: ClassVar[str] = (
        "Looks at all numbers at once. Each unit weights them in its own way; with more units it can tell more things apart"
    )
    group: ClassVar[Group] = "Dense"
    keywords: ClassVar[str] = "linear fully connected FC affine MLP feed-forward perceptron hidden inner product"
    needs: ClassVar[tuple[Axes, ...]] = (VECTOR,)
    stands_in_for: ClassVar[str] = "bilinear, maxout, Kolmogorov-Arnold KAN"

    kind: Literal["dense"] = "dense"
    units: int = Field(64, ge=1, le=8192, title="Units", description="Number of outputs")

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(nn.Linear(x.depth, self.units, bias=self.bias))


class Output(Weighted):
    """The last dense layer, with as many units as the data and the loss need; its outputs are raw numbers (logits or values).

    Shape: (N, features) → (N, outputs); of a sequence, each step by itself."""

    title: ClassVar[str] = "Output"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    formula: ClassVar[str] = WEIGHTED_SUM
    beginners: ClassVar[str] = (
        "Makes the prediction: one number for each class, or a value. It ends the network, and its size follows from the data"
    )
    group: ClassVar[Group] = "Dense"
    needs: ClassVar[tuple[Axes, ...]] = (VECTOR,)

    kind: Literal["output"] = "output"

    def sized(self, outputs: int) -> Layer:
        return Dense(units=outputs, **self.weight_settings())

    def build(self, x: TensorSpec) -> nn.Module:
        raise ValueError("the size of an output layer depends on data and loss: call sized(outputs) first")
