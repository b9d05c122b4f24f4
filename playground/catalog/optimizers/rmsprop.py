"""RMSprop."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Momentum, Optimizer, WeightDecay


class RMSprop(Optimizer):
    """Divides every gradient by the running size of its last ones, so that steep and flat directions move alike.

    v ← αv + (1 − α)g², θ ← θ − lr·g/(√v + 10⁻⁸); with momentum the quotient is collected as in SGD. PyTorch has no fused kernel for it."""

    title: ClassVar[str] = "RMSprop"
    source: ClassVar[str] = "Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6e"

    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Alpha",
        description="How much of the running mean of squared gradients is kept a step",
        json_schema_extra={"advanced": True},
    )
    momentum: Momentum = 0.0
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.RMSprop(parameters, lr=self.lr, alpha=self.alpha, momentum=self.momentum, weight_decay=self.weight_decay)
