"""Adagrad and Adadelta."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import LearningRate, Optimizer, WeightDecay


class Adagrad(Optimizer):
    """Divides each gradient by the root of the sum of all its past squares: rare features keep large steps, and all steps shrink over
    time."""

    title: ClassVar[str] = "Adagrad"
    source: ClassVar[str] = "Duchi et al. 2011, JMLR 12:2121"
    too_high: ClassVar[float | None] = 3.0
    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "δ": "lr_decay"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"v": ("sum", 0.0)}

    kind: Literal["adagrad"] = "adagrad"
    lr: LearningRate = 0.01
    lr_decay: float = Field(
        0.0, ge=0, le=1, title="Rate decay", description="How fast the learning rate decreases", json_schema_extra={"advanced": True}
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.Adagrad(parameters, lr=self.lr, lr_decay=self.lr_decay, weight_decay=self.weight_decay)

    def rule(self, step: int) -> tuple[str, ...]:
        rate = ("r ← lr/(1 + (t − 1)·δ)",) if self.lr_decay else ()
        return (*self.decayed(), "v ← v + g²", *rate, f"w ← w − {'r' if rate else 'lr'}·g/(√v + 10⁻¹⁰)")

    def kept_numbers(self) -> int:
        return 1  # the sum of squares


class Adadelta(Optimizer):
    """Adagrad that forgets old gradients and chooses its own step size: the learning rate is only a factor, usually 1.

    It starts slowly."""

    title: ClassVar[str] = "Adadelta"
    source: ClassVar[str] = "Zeiler 2012, arXiv:1212.5701"
    too_high: ClassVar[float | None] = None
    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "ρ": "rho"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"v": ("square_avg", 0.0), "u": ("acc_delta", 0.0)}

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

    def rule(self, step: int) -> tuple[str, ...]:
        averages = ("v ← ρ·v + (1 − ρ)·g²", "Δ ← g·√(u + 10⁻⁶)/√(v + 10⁻⁶)", "u ← ρ·u + (1 − ρ)·Δ²")
        return (*self.decayed(), *averages, "w ← w − lr·Δ")

    def kept_numbers(self) -> int:
        return 2  # both running averages
