"""Adam and AdamW."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Optimizer, WeightDecay
from playground.catalog.optimizers.fused import can_fuse


class Adaptive(Optimizer):
    """Base class of Adam and its variants."""

    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "β₁": "beta1", "β₂": "beta2"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"m": ("exp_avg", 0.0), "v": ("exp_avg_sq", 0.0)}

    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        description="Decay of the running average of gradients",
        json_schema_extra={"advanced": True},
    )
    beta2: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        description="Decay of the running average of squared gradients",
        json_schema_extra={"advanced": True},
    )

    def kept_numbers(self) -> int:
        return 2  # both running averages


AVERAGES = ("m ← β₁·m + (1 − β₁)·g", "v ← β₂·v + (1 − β₂)·g²")
UNBIASED = (*AVERAGES, "m̂ ← m/(1 − β₁ᵗ)", "v̂ ← v/(1 − β₂ᵗ)")
"""Running averages, then both corrected for starting at zero."""


class Adam(Adaptive):
    """Momentum with an individual step size for every weight; works well out of the box for most networks."""

    title: ClassVar[str] = "Adam"
    source: ClassVar[str] = "Kingma and Ba 2015, arXiv:1412.6980"

    kind: Literal["adam"] = "adam"
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        weights = list(parameters)
        return optim.Adam(weights, lr=self.lr, betas=(self.beta1, self.beta2), weight_decay=self.weight_decay, fused=can_fuse(weights))

    def rule(self, step: int) -> tuple[str, ...]:
        return (*self.decayed(), *UNBIASED, "w ← w − lr·m̂/(√v̂ + 10⁻⁸)")


class AdamW(Adaptive):
    """Adam with weight decay applied directly to the weights, so that it does not depend on the size of the gradients."""

    title: ClassVar[str] = "AdamW"
    source: ClassVar[str] = "Loshchilov and Hutter 2019, arXiv:1711.05101"

    kind: Literal["adamw"] = "adamw"
    weight_decay: float = Field(
        0.01, ge=0, le=10, title="Weight decay",
        description="Shrinks all weights of the network a little at every step; L2 of a layer is part of the loss instead",
    )  # fmt: skip

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        weights = list(parameters)
        return optim.AdamW(weights, lr=self.lr, betas=(self.beta1, self.beta2), weight_decay=self.weight_decay, fused=can_fuse(weights))

    def rule(self, step: int) -> tuple[str, ...]:
        shrunk = ("w ← w − lr·λ·w",) if self.weight_decay else ()
        return (*shrunk, *UNBIASED, "w ← w − lr·m̂/(√v̂ + 10⁻⁸)")
