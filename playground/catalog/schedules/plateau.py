"""Reduce the learning rate on a plateau."""

from typing import ClassVar, Literal

from pydantic import Field
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from playground.catalog.schedules.base import Schedule


class Plateau(Schedule):
    """Multiplies the learning rate by a factor whenever the test loss has not improved for some epochs.

    An improvement is at least 0.01 % below the best loss so far. The network is evaluated after every epoch."""

    title: ClassVar[str] = "Plateau"
    source: ClassVar[str] = "He et al. 2015, arXiv:1512.03385 (divided when the error plateaus)"

    kind: Literal["plateau"] = "plateau"
    factor: float = Field(0.5, gt=0, lt=1, title="Factor", description="The learning rate is multiplied by this factor")
    patience: int = Field(
        2,
        ge=0,
        le=1000,
        title="Patience",
        description="Epochs without improvement of the test loss to wait for",
        json_schema_extra={"unit": "epochs"},
    )

    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        """Stepped after every epoch, with the test loss. eps is 0, so small learning rates decrease too."""
        return ReduceLROnPlateau(optimizer, factor=self.factor, patience=self.patience, eps=0.0)
