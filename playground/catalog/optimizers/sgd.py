"""Stochastic gradient descent."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator
from torch import nn, optim

from playground.catalog.optimizers.base import LearningRate, Momentum, Optimizer, WeightDecay
from playground.catalog.optimizers.fused import can_fuse


class SGD(Optimizer):
    """A step against the gradient; with momentum, it keeps moving in the direction of recent steps."""

    title: ClassVar[str] = "SGD"
    source: ClassVar[str] = "Robbins and Monro 1951, Ann. Math. Statist. 22:400; Sutskever et al. 2013, ICML (momentum, Nesterov)"
    too_high: ClassVar[float | None] = 3.0
    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "μ": "momentum"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"v": ("momentum_buffer", 0.0)}

    kind: Literal["sgd"] = "sgd"
    lr: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: bool = Field(
        False, title="Nesterov", description="Look ahead along the momentum before computing the gradient; needs momentum"
    )
    weight_decay: WeightDecay = 0.0

    @field_validator("nesterov")
    @classmethod
    def _nesterov_needs_momentum(cls, nesterov: bool, info: ValidationInfo) -> bool:
        if nesterov and info.data.get("momentum") == 0:
            raise ValueError("needs a momentum greater than 0, got momentum 0; set momentum (0.9 is common) or turn off Nesterov")
        return nesterov

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        weights = list(parameters)
        return optim.SGD(
            weights, lr=self.lr, momentum=self.momentum, nesterov=self.nesterov, weight_decay=self.weight_decay, fused=can_fuse(weights)
        )

    def rule(self, step: int) -> tuple[str, ...]:
        if not self.momentum:
            return (*self.decayed(), "w ← w − lr·g")
        return (*self.decayed(), "v ← μ·v + g", "w ← w − lr·(g + μ·v)" if self.nesterov else "w ← w − lr·v")

    def kept_numbers(self) -> int:
        return int(self.momentum > 0)
