"""A constant learning rate."""

from typing import ClassVar, Literal

from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler

from playground.catalog.schedules.base import Schedule


class Constant(Schedule):
    """The same learning rate from the first step to the last."""

    title: ClassVar[str] = "Constant"
    source: ClassVar[str] = "Robbins and Monro 1951, Ann. Math. Statist. 22:400"

    kind: Literal["constant"] = "constant"

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        return None
