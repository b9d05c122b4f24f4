"""One cycle of warm-up and decay."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from playground.catalog.schedules.base import Schedule


class OneCycle(Schedule):
    """Increases from 1/25 of the learning rate to its full value, then decreases to almost zero; allows larger rates than a constant one.

    Both along half a cosine. Only the learning rate changes: the optimizer's momentum stays the same."""

    title: ClassVar[str] = "One cycle"
    source: ClassVar[str] = "Smith and Topin 2018, arXiv:1708.07120"

    kind: Literal["one_cycle"] = "one_cycle"
    warmup: float = Field(0.3, gt=0, lt=1, title="Warm-up", description="Share of the steps in which the rate increases")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        """None if there is a single step, with nothing to increase or decrease. If the warm-up is shorter than a step, the first step has
        the full rate."""
        if steps == 1:
            return None
        # OneCycleLR divides by warmup·steps − 1, the last warm-up step: slightly below 0 means that there is none.
        warmup = self.warmup if self.warmup * steps > 1 else (1 - 1e-9) / steps
        return OneCycleLR(optimizer, max_lr=optimizer.param_groups[0]["lr"], total_steps=steps, pct_start=warmup, cycle_momentum=False)
