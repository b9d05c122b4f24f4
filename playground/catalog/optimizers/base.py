"""What an optimizer declares."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import nn
from torch.optim import Optimizer as TorchOptimizer

from playground.catalog.variant import Variant

LearningRate = Annotated[float, Field(gt=0, le=100, title="Learning rate", description="How far a step goes")]
Momentum = Annotated[float, Field(ge=0, lt=1, title="Momentum", description="How much of the last step's direction is kept")]
WeightDecay = Annotated[float, Field(ge=0, le=10, title="Weight decay", description="How strongly weights are pulled to zero (L2)")]
"""Of the gradient, as L2 adds it; those that take it from the weights themselves say so."""


class Optimizer(Variant):
    """How gradients become steps."""

    needs_closure: ClassVar[bool] = False
    """Whether a step looks at its batch several times, and asks for the loss by a function."""

    lr: LearningRate = 0.001

    @abstractmethod
    def build(self, parameters: Iterable[nn.Parameter]) -> TorchOptimizer:
        """PyTorch's own optimizer over these parameters, fused where PyTorch has it for their device."""

    def kept_numbers(self) -> int:
        """How many numbers it keeps of each weight between steps, as after one: none, the momentum, mean and spread of gradients …"""
        weight = nn.Parameter(torch.zeros(8, device="cpu"))
        weight.grad = torch.ones_like(weight)
        optimizer = self.build([weight])
        optimizer.step()
        return sum(1 for kept in optimizer.state[weight].values() if isinstance(kept, torch.Tensor) and kept.shape == weight.shape)
