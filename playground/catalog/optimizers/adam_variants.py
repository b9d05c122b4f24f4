"""NAdam and RAdam, two variants of Adam."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.adam import AVERAGES, Adaptive
from playground.catalog.optimizers.base import LearningRate, WeightDecay


class NAdam(Adaptive):
    """Adam with Nesterov momentum: it looks ahead along the momentum before computing the gradient.

    The momentum μ rises slowly to β₁; Π is the product of those of all steps."""

    title: ClassVar[str] = "NAdam"
    source: ClassVar[str] = "Dozat 2016, Incorporating Nesterov Momentum into Adam, ICLR workshop"
    symbols: ClassVar[Mapping[str, str]] = {**Adaptive.symbols, "ψ": "momentum_decay"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {**Adaptive.kept, "Π": ("mu_product", 1.0)}

    kind: Literal["nadam"] = "nadam"
    lr: LearningRate = 0.002
    momentum_decay: float = Field(
        0.004, ge=0, le=1, title="Momentum decay", description="How fast the momentum increases", json_schema_extra={"advanced": True}
    )
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        betas = (self.beta1, self.beta2)
        return optim.NAdam(parameters, lr=self.lr, betas=betas, weight_decay=self.weight_decay, momentum_decay=self.momentum_decay)

    def rule(self, step: int) -> tuple[str, ...]:
        momenta = ("μ ← β₁·(1 − 0.5·0.96^(t·ψ))", "μ′ ← β₁·(1 − 0.5·0.96^((t + 1)·ψ))", "Π ← Π·μ")
        ahead = ("m̂ ← (1 − μ)·g/(1 − Π) + μ′·m/(1 − Π·μ′)", "v̂ ← v/(1 − β₂ᵗ)")
        return (*self.decayed(), *momenta, *AVERAGES, *ahead, "w ← w − lr·m̂/(√v̂ + 10⁻⁸)")


class RAdam(Adaptive):
    """Adam that starts with plain momentum until it has seen enough gradients to estimate their size: needs no warm-up.

    Individual step sizes set in once the variance of √v̂ can be estimated, and gain weight as the estimate improves."""

    title: ClassVar[str] = "RAdam"
    source: ClassVar[str] = "Liu et al. 2020, arXiv:1908.03265"

    kind: Literal["radam"] = "radam"
    weight_decay: WeightDecay = 0.0

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return optim.RAdam(parameters, lr=self.lr, betas=(self.beta1, self.beta2), weight_decay=self.weight_decay)

    def rule(self, step: int) -> tuple[str, ...]:
        last = 2 / (1 - self.beta2) - 1
        rho = last - 2 * step * self.beta2**step / (1 - self.beta2**step)
        if rho <= 5:  # the variance cannot be estimated yet
            return (*self.decayed(), *AVERAGES, "m̂ ← m/(1 − β₁ᵗ)", "w ← w − lr·m̂")
        lengths = ("ρ∞ ← 2/(1 − β₂) − 1", "ρ ← ρ∞ − 2·t·β₂ᵗ/(1 − β₂ᵗ)")
        rectified = "r ← √((ρ − 4)·(ρ − 2)·ρ∞/((ρ∞ − 4)·(ρ∞ − 2)·ρ))"
        return (*self.decayed(), *AVERAGES, "m̂ ← m/(1 − β₁ᵗ)", *lengths, rectified, "w ← w − lr·r·m̂·√(1 − β₂ᵗ)/(√v + 10⁻⁸)")
