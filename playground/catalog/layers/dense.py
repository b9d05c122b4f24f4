"""Fully connected layers."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer, Shape
from playground.catalog.layers.weights import Weighted


class Dense(Weighted):
    """Every output is a weighted sum of all inputs: y = Wx + b.

    Shape: (N, features) → (N, units)."""

    title: ClassVar[str] = "Dense"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    beginners: ClassVar[str] = (
        "Looks at all numbers at once. Each unit weights them in its own way; with more units it can tell more things apart"
    )
    group: ClassVar[Group] = "Dense"
    ranks: ClassVar[tuple[int, ...]] = (1,)

    kind: Literal["dense"] = "dense"
    units: int = Field(64, ge=1, le=8192, title="Units", description="Number of outputs")

    def build(self, shape: Shape) -> nn.Module:
        return self.settled(nn.Linear(shape[0], self.units, bias=self.bias))


class Output(Weighted):
    """The last dense layer, with as many units as the data and the loss need; its outputs are raw numbers (logits or values).

    Shape: (N, features) → (N, outputs)."""

    title: ClassVar[str] = "Output"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    beginners: ClassVar[str] = (
        "Makes the prediction: one number for each class, or a value. It ends the network, and its size follows from the data"
    )
    group: ClassVar[Group] = "Dense"
    ranks: ClassVar[tuple[int, ...]] = (1,)

    kind: Literal["output"] = "output"

    def sized(self, outputs: int) -> Layer:
        return Dense(units=outputs, **self.weight_settings())

    def build(self, shape: Shape) -> nn.Module:
        raise ValueError("the size of an output layer depends on data and loss: call sized(outputs) first")
