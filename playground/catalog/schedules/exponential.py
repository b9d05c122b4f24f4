"""Exponential decay."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import ExponentialLR, LRScheduler

from playground.catalog.schedules.base import Schedule


class Exponential(Schedule):
    """Multiplies the learning rate by a factor every epoch, spread over the steps, so that it decreases smoothly.

    After step t: lr·factor^(t/steps per epoch)."""

    title: ClassVar[str] = "Exponential"
    source: ClassVar[str] = "Li and Arora 2020, arXiv:1910.07454"

    kind: Literal["exponential"] = "exponential"
    factor: float = Field(0.9, gt=0, le=1, title="Factor", description="Share of the learning rate that remains after an epoch")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        return ExponentialLR(optimizer, gamma=self.factor ** (1 / steps_per_epoch))
