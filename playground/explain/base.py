"""What an attribution method declares, and what comes out of one."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from playground.catalog.variant import Variant


@dataclass(frozen=True)
class Question:
    """What is asked: how much each number of `x` speaks for output `targets[i]` of `model`.

    model: a copy in evaluation mode, free to be hooked. x: (N, *shape), requires grad. targets: int64 (N,).
    baseline: (N, *shape), what stands for "nothing there", where the method takes one."""

    model: nn.Module
    x: Tensor
    targets: Tensor
    baseline: Tensor | None = None


@dataclass(frozen=True)
class Answer:
    """values: like x. deltas: (N,), how far the values of each example are from adding up, where the method promises that they do."""

    values: Tensor
    deltas: Tensor | None = None


class Method(Variant):
    """A way to say which inputs made the network answer what it did. Its fields are its settings.

    signed: whether positive and negative values mean for and against. complete: whether the values of an example add up to
    the output minus the output at the baseline, so that `delta` says how far they are off."""

    signed: ClassVar[bool] = True
    complete: ClassVar[bool] = False

    @classmethod
    def applies_to(cls, model: nn.Module) -> str | None:
        """Why the method cannot work on this network, in plain words; None where it can."""
        return None

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """Raises: ExplainError if a setting does not fit the network or the input."""


@dataclass(frozen=True)
class Attribution:
    """values: like the input, how much each of its numbers speaks for the target (positive) or against it (negative).
    delta: what their sum has too much against output − output at the baseline (the largest of a batch), None where the method does
    not promise that they add up. outputs: (N,) raw outputs of the targets. seconds: time taken. settings: the method with all of them."""

    values: Tensor
    delta: float | None
    method: str
    targets: tuple[int, ...]
    outputs: tuple[float, ...]
    seconds: float
    settings: Method

    @property
    def target(self) -> int:
        """The output that the first example was asked about."""
        return self.targets[0]
