"""Adagrad, and Adadelta, which forgets."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import LearningRate, Optimizer, WeightDecay


class Adagrad(Optimizer):
    """Divides every gradient by the size of all it has seen so far: rare features keep large steps, and all steps grow smaller.

    v ← v + g², θ ← θ − lr/(1 + t·decay)·g/(√v + 10⁻¹⁰)."""

    title: ClassVar[str] = "Adagrad"
    source: ClassVar[str] = "Duchi et al. 2011, JMLR 12:2121"

    kind: Literal["adagrad"] = "adagrad"
    lr: LearningRate = 0.01
    lr_decay: float = Field(
        0.0, ge=0, le=1, title="Rate decay", description="How fast the learning rate falls by itself", json_schema_extra={"advanced": True}
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.Adagrad(parameters, lr=self.lr, lr_decay=self.lr_decay, weight_decay=self.weight_decay)


class Adadelta(Optimizer):
    """Adagrad that forgets old gradients and finds the length of a step by itself: the learning rate is a factor, and usually 1.

    v ← ρv + (1 − ρ)g², Δ = g·√(u + 10⁻⁶)/√(v + 10⁻⁶), u ← ρu + (1 − ρ)Δ², θ ← θ − lr·Δ. It starts slowly."""

    title: ClassVar[str] = "Adadelta"
    source: ClassVar[str] = "Zeiler 2012, arXiv:1212.5701"

    kind: Literal["adadelta"] = "adadelta"
    lr: float = Field(1.0, gt=0, le=100, title="Learning rate", description="What its own length of a step is multiplied by")
    rho: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Rho",
        description="How much of the running means of squared gradients and steps is kept a step",
        json_schema_extra={"advanced": True},
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.Adadelta(parameters, lr=self.lr, rho=self.rho, weight_decay=self.weight_decay)
