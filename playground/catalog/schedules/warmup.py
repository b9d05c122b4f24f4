"""Linear warm-up."""

import math
from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from playground.catalog.schedules.base import Schedule


class Warmup(Schedule):
    """Increases linearly to the learning rate, so that the first, unreliable gradients do little harm; then stays constant or decreases.

    Step t of W warm-up steps, from 1, has lr·t/W; after that lr, or half a cosine down to almost zero."""

    title: ClassVar[str] = "Warm-up"
    source: ClassVar[str] = "Goyal et al. 2017, arXiv:1706.02677"

    kind: Literal["warmup"] = "warmup"
    share: float = Field(0.1, gt=0, lt=1, title="Warm-up", description="Share of the steps in which the rate increases")
    then: Literal["constant", "cosine"] = Field("constant", title="Afterwards", description="How the rate continues after the warm-up")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        climb = max(1, round(self.share * steps))

        def factor(taken: int) -> float:
            """taken: steps so far."""
            if taken < climb:
                return (taken + 1) / climb
            if self.then == "constant":
                return 1.0
            return (1 + math.cos(math.pi * min(1.0, (taken - climb) / max(1, steps - climb)))) / 2

        return LambdaLR(optimizer, factor)
