"""Adagrad and Adadelta."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import LearningRate, Optimizer, WeightDecay


class Adagrad(Optimizer):
    """Divides each gradient by the root of the sum of all its past squares: rare features keep large steps, and all steps shrink over time.

    v ← v + g², θ ← θ − lr/(1 + t·decay)·g/(√v + 10⁻¹⁰)."""

    title: ClassVar[str] = "Adagrad"
    source: ClassVar[str] = "Duchi et al. 2011, JMLR 12:2121"
    too_high: ClassVar[float | None] = 3.0

    kind: Literal["adagrad"] = "adagrad"
    lr: LearningRate = 0.01
    lr_decay: float = Field(
        0.0, ge=0, le=1, title="Rate decay", description="How fast the learning rate decreases", json_schema_extra={"advanced": True}
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.Adagrad(parameters, lr=self.lr, lr_decay=self.lr_decay, weight_decay=self.weight_decay)

    def kept_numbers(self) -> int:
        return 1  # the sum of squares


class Adadelta(Optimizer):
    """Adagrad that forgets old gradients and chooses its own step size: the learning rate is only a factor, usually 1.

    v ← ρv + (1 − ρ)g², Δ = g·√(u + 10⁻⁶)/√(v + 10⁻⁶), u ← ρu + (1 − ρ)Δ², θ ← θ − lr·Δ. It starts slowly."""

    title: ClassVar[str] = "Adadelta"
    source: ClassVar[str] = "Zeiler 2012, arXiv:1212.5701"
    too_high: ClassVar[float | None] = None

    kind: Literal["adadelta"] = "adadelta"
    lr: float = Field(1.0, gt=0, le=100, title="Learning rate", description="Multiplies the step size that the optimizer chooses")
    rho: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Rho",
        description="Decay of the running averages of squared gradients and squared steps",
        json_schema_extra={"advanced": True},
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.Adadelta(parameters, lr=self.lr, rho=self.rho, weight_decay=self.weight_decay)

    def kept_numbers(self) -> int:
        return 2  # both running averages
