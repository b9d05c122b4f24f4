"""RMSprop."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Momentum, Optimizer, WeightDecay


class RMSprop(Optimizer):
    """Divides each gradient by a running average of its magnitude, so that steep and flat directions move equally fast.

    PyTorch has no fused kernel for it."""

    title: ClassVar[str] = "RMSprop"
    source: ClassVar[str] = "Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6e"
    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "α": "alpha", "μ": "momentum"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"v": ("square_avg", 0.0), "b": ("momentum_buffer", 0.0)}

    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Alpha",
        description="Decay of the running average of squared gradients",
        json_schema_extra={"advanced": True},
    )
    momentum: Momentum = 0.0
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.RMSprop(parameters, lr=self.lr, alpha=self.alpha, momentum=self.momentum, weight_decay=self.weight_decay)

    def rule(self, step: int) -> tuple[str, ...]:
        average = (*self.decayed(), "v ← α·v + (1 − α)·g²")
        if not self.momentum:
            return (*average, "w ← w − lr·g/(√v + 10⁻⁸)")
        return (*average, "b ← μ·b + g/(√v + 10⁻⁸)", "w ← w − lr·b")

    def kept_numbers(self) -> int:
        return 1 + int(self.momentum > 0)
