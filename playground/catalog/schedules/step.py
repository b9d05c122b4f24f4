"""Step decay."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler, StepLR

from playground.catalog.schedules.base import Schedule


class Step(Schedule):
    """Multiplies the learning rate by a factor every few epochs: large steps first, fine ones later."""

    title: ClassVar[str] = "Steps"
    source: ClassVar[str] = "Krizhevsky et al. 2012, NIPS 25"

    kind: Literal["step"] = "step"
    every: int = Field(2, ge=1, le=1000, title="Every", description="Epochs between two steps", json_schema_extra={"unit": "epochs"})
    factor: float = Field(0.5, gt=0, le=1, title="Factor", description="The learning rate is multiplied by this factor")

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        return StepLR(optimizer, step_size=self.every * steps_per_epoch, gamma=self.factor)
