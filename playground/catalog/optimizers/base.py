"""What an optimizer declares."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field
from torch import nn
from torch.optim import Optimizer as TorchOptimizer

from playground.catalog.variant import Variant


class Optimizer(Variant):
    """How gradients become steps."""

    needs_closure: ClassVar[bool] = False
    """Whether a step looks at its batch several times, and asks for the loss by a function."""

    lr: float = Field(0.001, gt=0, le=100, title="Learning rate", description="How far a step goes")

    @abstractmethod
    def build(self, parameters: Iterable[nn.Parameter]) -> TorchOptimizer:
        """PyTorch's own optimizer over these parameters, fused where PyTorch has it for their device."""
