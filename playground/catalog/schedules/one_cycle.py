"""A learning rate that warms up and cools down."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from playground.catalog.schedules.base import Schedule


class OneCycle(Schedule):
    """Climbs from 1/25 of the learning rate to all of it, then falls to almost nothing; allows larger rates than a constant one.

    Both ways along half a cosine. Only the rate moves: the optimizer's momentum stays as it is set."""

    title: ClassVar[str] = "One cycle"
    source: ClassVar[str] = "Smith and Topin 2018, arXiv:1708.07120"

    kind: Literal["one_cycle"] = "one_cycle"
    warmup: float = Field(0.3, gt=0, lt=1, title="Warm-up", description="Share of the steps in which the rate climbs")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        """None for a single step, which has no way up or down. With a warm-up shorter than a step, the first step has the whole rate."""
        if steps == 1:
            return None
        # OneCycleLR divides by warmup·steps − 1, the last step of the climb: just below 0 means that there is none.
        warmup = self.warmup if self.warmup * steps > 1 else (1 - 1e-9) / steps
        return OneCycleLR(optimizer, max_lr=optimizer.param_groups[0]["lr"], total_steps=steps, pct_start=warmup, cycle_momentum=False)
