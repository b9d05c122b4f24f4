"""Cosine decay with restarts."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, LRScheduler

from playground.catalog.schedules.base import Schedule


class CosineRestarts(Schedule):
    """Decreases along half a cosine, jumps back to the full learning rate, and decreases again: out of one valley, into a better one.

    In a cycle of T steps, after step t: lr·(floor + (1 − floor)·(1 + cos(πt/T))/2); each cycle is `longer` times as long as the last."""

    title: ClassVar[str] = "Cosine with restarts"
    source: ClassVar[str] = "Loshchilov and Hutter 2017, arXiv:1608.03983"

    kind: Literal["cosine_restarts"] = "cosine_restarts"
    first: int = Field(
        2, ge=1, le=1000, title="First cycle", description="Epochs until the first restart", json_schema_extra={"unit": "epochs"}
    )
    longer: int = Field(2, ge=1, le=10, title="Cycle growth", description="Each cycle is this many times as long as the one before")
    floor: float = Field(0.0, ge=0, le=1, title="Final share", description="Share of the learning rate that remains at the end of a cycle")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        lowest = self.floor * optimizer.param_groups[0]["lr"]
        return CosineAnnealingWarmRestarts(optimizer, T_0=self.first * steps_per_epoch, T_mult=self.longer, eta_min=lowest)
