"""NAdam and RAdam, two variants of Adam."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.adam import Adaptive
from playground.catalog.optimizers.base import LearningRate, WeightDecay


class NAdam(Adaptive):
    """Adam with Nesterov momentum: it looks ahead along the momentum before computing the gradient.

    The momentum rises slowly to β₁: μ(t) = β₁·(1 − 0.5·0.96^(t·decay))."""

    title: ClassVar[str] = "NAdam"
    source: ClassVar[str] = "Dozat 2016, Incorporating Nesterov Momentum into Adam, ICLR workshop"

    kind: Literal["nadam"] = "nadam"
    lr: LearningRate = 0.002
    momentum_decay: float = Field(
        0.004, ge=0, le=1, title="Momentum decay", description="How fast the momentum increases", json_schema_extra={"advanced": True}
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        betas = (self.beta1, self.beta2)
        return optim.NAdam(parameters, lr=self.lr, betas=betas, weight_decay=self.weight_decay, momentum_decay=self.momentum_decay)


class RAdam(Adaptive):
    """Adam that starts with plain momentum until it has seen enough gradients to estimate their size: needs no warm-up.

    Individual step sizes set in once the variance of √v̂ can be estimated, and gain weight as the estimate improves."""

    title: ClassVar[str] = "RAdam"
    source: ClassVar[str] = "Liu et al. 2020, arXiv:1908.03265"

    kind: Literal["radam"] = "radam"
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.RAdam(parameters, lr=self.lr, betas=(self.beta1, self.beta2), weight_decay=self.weight_decay)
