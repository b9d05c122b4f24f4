"""What a learning-rate schedule declares."""

from abc import abstractmethod

from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler

from playground.catalog.variant import Variant


class Schedule(Variant):
    """How the learning rate changes during training."""

    @abstractmethod
    def build(self, optimizer: TorchOptimizer, steps: int, steps_per_epoch: int) -> LRScheduler | None:
        """A scheduler, stepped after every batch, for `steps` batches in total; None if the rate is constant. PyTorch's
        `ReduceLROnPlateau` is stepped after every epoch instead, with the test loss."""
