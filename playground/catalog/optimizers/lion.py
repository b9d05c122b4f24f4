"""Lion."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn, optim

from playground.catalog.optimizers.base import Optimizer


class Lion(Optimizer):
    """Moves every weight by the same amount, in the direction of the momentum's sign: needs little memory, and a learning rate about ten
    times smaller than Adam's.

    Not included in PyTorch."""

    title: ClassVar[str] = "Lion"
    source: ClassVar[str] = "Chen et al. 2023, arXiv:2302.06675; sign of the gradient: Bernstein et al. 2018, arXiv:1802.04434"
    too_high: ClassVar[float | None] = 0.03
    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay", "β₁": "beta1", "β₂": "beta2"}
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {"m": ("momentum", 0.0)}

    kind: Literal["lion"] = "lion"
    lr: float = Field(0.0001, gt=0, le=100, title="Learning rate", description="How far each weight moves per step")
    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        description="Weight of the momentum, relative to the new gradient, in the step direction",
        json_schema_extra={"advanced": True},
    )
    beta2: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Beta 2",
        description="Decay of the momentum; with both betas 0, Lion is plain sign SGD",
        json_schema_extra={"advanced": True},
    )
    weight_decay: float = Field(
        0.0, ge=0, le=10, title="Weight decay",
        description="Shrinks all weights of the network a little at every step; L2 of a layer is part of the loss instead",
    )  # fmt: skip

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        return _Lion(parameters, self.lr, (self.beta1, self.beta2), self.weight_decay)

    def rule(self, step: int) -> tuple[str, ...]:
        shrunk = ("w ← w − lr·λ·w",) if self.weight_decay else ()
        return ("d ← sign(β₁·m + (1 − β₁)·g)", "m ← β₂·m + (1 − β₂)·g", *shrunk, "w ← w − lr·d")

    def kept_numbers(self) -> int:
        return 1  # the momentum


class _Lion(optim.Optimizer):
    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, betas: tuple[float, float], weight_decay: float) -> None:
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """closure: returns the loss, as in other optimizers; called with gradients enabled."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if weights:
                self._move(weights, **{name: group[name] for name in ("lr", "betas", "weight_decay")})
        return loss

    def _move(self, weights: list[Tensor], lr: float, betas: tuple[float, float], weight_decay: float) -> None:
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        momenta = [self._momentum(weight) for weight in weights]
        directions: Any = torch._foreach_lerp(momenta, gradients, 1 - betas[0])
        torch._foreach_sign_(directions)
        torch._foreach_mul_(weights, 1 - lr * weight_decay)
        torch._foreach_add_(weights, directions, alpha=-lr)
        torch._foreach_lerp_(momenta, gradients, 1 - betas[1])

    def _momentum(self, weight: Tensor) -> Tensor:
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        momentum: Tensor = state["momentum"]
        return momentum
