"""What an optimizer declares."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar

from pydantic import Field
from torch import nn
from torch.optim import Optimizer as TorchOptimizer

from playground.catalog.variant import Variant

LearningRate = Annotated[float, Field(gt=0, le=100, title="Learning rate", description="Size of a step")]
Momentum = Annotated[float, Field(ge=0, lt=1, title="Momentum", description="How much of the last step's direction is kept")]
WeightDecay = Annotated[
    float,
    Field(
        ge=0, le=10, title="Weight decay",
        description="Pulls all weights of the network toward zero, like L2 of half this value in every layer; L2 of a layer adds to it",
    ),
]  # fmt: skip
"""L2, added to the gradient; optimizers that apply it directly to the weights declare their own field."""


class Optimizer(Variant):
    """How gradients become steps."""

    needs_closure: ClassVar[bool] = False
    """Whether a step evaluates its batch several times, through a closure that returns the loss."""

    too_high: ClassVar[float | None] = 0.3
    """Learning rates from here on are known to end badly on nearly every network; None if there is no such rate."""

    symbols: ClassVar[Mapping[str, str]] = {"λ": "weight_decay"}
    """The settings in `rule`: the field of each symbol."""
    kept: ClassVar[Mapping[str, tuple[str, float]]] = {}
    """What `rule` reads that PyTorch's optimizer keeps for every weight: the key of each symbol in its state, and the value before the
    first step."""

    lr: LearningRate = 0.001

    @abstractmethod
    def build(self, parameters: Iterable[nn.Parameter]) -> TorchOptimizer:
        """The PyTorch optimizer of these parameters, fused if PyTorch supports it on their device."""

    @abstractmethod
    def rule(self, step: int) -> tuple[str, ...]:
        """How a step changes a weight, as `playground.catalog.formulas`, one after another, ending with that of w; () if it does not change
        each weight by itself.

        w is the weight, g its gradient, lr the learning rate, t the number of the step, counted from 1: `step`."""

    def decayed(self) -> tuple[str, ...]:
        """The formula of weight decay that is added to the gradient, if it is on."""
        return ("g ← g + λ·w",) if getattr(self, "weight_decay", 0.0) else ()

    @abstractmethod
    def kept_numbers(self) -> int:
        """How many numbers it stores per weight between steps (momentum, running averages of gradients …).

        Stated, not counted: building an optimizer imports PyTorch's compiler, which takes a second and 50 MB."""
