"""Adam, and Adam with weight decay of its own."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Optimizer
from playground.catalog.optimizers.fused import can_fuse


class Adaptive(Optimizer):
    """What Adam and its variants share."""

    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        description="How much of the running mean of gradients is kept a step",
        json_schema_extra={"advanced": True},
    )
    beta2: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        description="How much of the running mean of squared gradients is kept a step",
        json_schema_extra={"advanced": True},
    )


class Adam(Adaptive):
    """Momentum with a step size of its own for every weight; works out of the box for most networks.

    m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − lr·m̂/(√v̂ + 10⁻⁸), with m̂ and v̂ corrected for their start at zero."""

    title: ClassVar[str] = "Adam"
    source: ClassVar[str] = "Kingma and Ba 2015, arXiv:1412.6980"

    kind: Literal["adam"] = "adam"

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        weights = list(parameters)
        return optim.Adam(weights, lr=self.lr, betas=(self.beta1, self.beta2), fused=can_fuse(weights))


class AdamW(Adaptive):
    """Adam with weight decay taken from the weights directly, so that it does not depend on the size of the gradients.

    θ ← θ − lr·weight_decay·θ, then the step of Adam."""

    title: ClassVar[str] = "AdamW"
    source: ClassVar[str] = "Loshchilov and Hutter 2019, arXiv:1711.05101"

    kind: Literal["adamw"] = "adamw"
    weight_decay: float = Field(0.01, ge=0, le=10, title="Weight decay", description="How strongly weights are pulled to zero")

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        weights = list(parameters)
        return optim.AdamW(weights, lr=self.lr, betas=(self.beta1, self.beta2), weight_decay=self.weight_decay, fused=can_fuse(weights))
