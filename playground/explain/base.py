"""What an attribution method declares, and what it returns."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from torch import Tensor, nn

from playground.catalog.variant import Variant


@dataclass(frozen=True)
class Question:
    """How much does each value of `x` contribute to output `targets[i]` of `model`?

    model: a copy in evaluation mode that may be hooked, (x, *fixed) → (N, K). x: (N, *shape), requires grad. targets: int64 (N,).
    baseline: (N, *shape), the input that stands for "nothing there", where the method has one. at_once: how many inputs may go through the
    network together, at least N; a method that evaluates several variants of an example divides them by that. fixed: further arguments of
    the model, as of `Numbers`. vectors: whether x is (N, L, W), the vectors of symbols: the values of a symbol are then one number.
    network: the module whose layers can be looked into, which the model runs. inputs: the examples as the network takes them. mask: valid
    steps (N, L), None if there is no padding. example_bytes: memory of one example from its forward pass to its gradient."""

    model: nn.Module
    x: Tensor
    targets: Tensor
    network: nn.Module
    inputs: Tensor
    example_bytes: int
    baseline: Tensor | None = None
    at_once: int = 1
    fixed: tuple[Tensor, ...] = ()
    vectors: bool = False
    mask: Tensor | None = None

    def of(self, examples: Tensor) -> "Question":
        """The same question about some of the examples. examples: their indices, int64."""
        return replace(
            self,
            x=self.x.detach()[examples].requires_grad_(),
            targets=self.targets[examples],
            inputs=self.inputs[examples],
            baseline=None if self.baseline is None else self.baseline[examples],
            fixed=tuple(tensor[examples] for tensor in self.fixed),
            mask=None if self.mask is None else self.mask[examples],
        )

    def per_symbol(self, values: Tensor) -> Tensor:
        """Values like x; those of a symbol's vector are summed: (N, L)."""
        return values.sum(dim=2) if self.vectors else values


@dataclass(frozen=True)
class Answer:
    """values: like x, or (N, L) for symbols. deltas: (N,), by how much the sum of each example's values is off, where the method promises
    completeness."""

    values: Tensor
    deltas: Tensor | None = None


class Method(Variant):
    """A way to attribute an output to the inputs. Its fields are its settings.

    signed: whether positive and negative values mean for and against. complete: whether the values of an example add up to
    the output minus the output at the baseline; `delta` is then the error."""

    asks: ClassVar[str]
    """The question that it answers, in plain words."""
    signed: ClassVar[bool] = True
    complete: ClassVar[bool] = False

    @classmethod
    def usual(cls, steps: int | None) -> Self:
        """The method with the usual settings for examples with this many steps; None if they are no sequences."""
        return cls()

    @classmethod
    def applies_to(cls, model: nn.Module) -> str | None:
        """Why the method cannot work on this network; None if it can."""
        return None

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """Raises: ExplainError if a setting does not fit the network or the input."""


@dataclass(frozen=True)
class Attribution:
    """values: like the input, how much each of its values contributes to the target (positive) or counts against it (negative); of
    symbols (N, L), one number each; 0 at padding.
    delta: their sum minus (output − output at the baseline), the largest error of a batch; None where the method does not promise
    completeness. outputs: (N,) raw outputs of the targets. seconds: time taken. settings: the method with its settings."""

    values: Tensor
    delta: float | None
    method: str
    targets: tuple[int, ...]
    outputs: tuple[float, ...]
    seconds: float
    settings: Method

    @property
    def target(self) -> int:
        """The output that was explained for the first example."""
        return self.targets[0]
