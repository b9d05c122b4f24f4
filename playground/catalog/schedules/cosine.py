"""Cosine decay."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler

from playground.catalog.schedules.base import Schedule


class Cosine(Schedule):
    """Decreases the learning rate to its final share along half a cosine: slowly, then fast, then slowly.

    After step t of T: lr·(floor + (1 − floor)·(1 + cos(πt/T))/2)."""

    title: ClassVar[str] = "Cosine"
    source: ClassVar[str] = "Loshchilov and Hutter 2017, arXiv:1608.03983"

    kind: Literal["cosine"] = "cosine"
    floor: float = Field(0.0, ge=0, le=1, title="Final share", description="Share of the learning rate that remains at the end")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        return CosineAnnealingLR(optimizer, T_max=steps, eta_min=self.floor * optimizer.param_groups[0]["lr"])
