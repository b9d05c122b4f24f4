"""Layers that read a sequence step by step."""

from typing import Any, ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers import recurrent_modules as modules
from playground.catalog.layers.base import Group
from playground.catalog.layers.ranges import Range
from playground.catalog.layers.weights import Freezable
from playground.catalog.tensors import SEQUENCE, VECTOR, Axes, TensorSpec


class Recurrent(Freezable):
    """A layer that goes through a sequence from its first step to its last and carries a state along."""

    group: ClassVar[Group] = "Sequence"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)
    observes: ClassVar[tuple[str, ...]] = ("output", "hidden")
    gates: ClassVar[tuple[str, ...]] = ()
    """What the gates are called, in the order in which they are observed."""

    units: int = Field(32, ge=1, le=2048, title="Units", description="Size of the state, and of the output of each step")
    layers: int = Field(
        1,
        ge=1,
        le=8,
        title="Layers",
        description="How many are stacked, each reading the steps of the one below",
        json_schema_extra={"finer": True},
    )
    bidirectional: bool = Field(
        False,
        title="Bidirectional",
        description="Read also from the end to the beginning: twice as many outputs, which see the whole sequence",
    )
    returns: Literal["last", "all"] = Field(
        "last",
        title="Returns",
        description="“last”: the state after the last step, a vector; “all”: the state after every step, a sequence",
    )

    @property
    def sees_later_steps(self) -> bool:
        return self.bidirectional

    def axes_after(self, x: TensorSpec) -> Axes:
        return VECTOR if self.returns == "last" else x.names

    def with_all_steps(self) -> "Recurrent":
        return self.model_copy(update={"returns": "all"})

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return Range(-1.0, 1.0)

    def arguments(self, x: TensorSpec) -> dict[str, Any]:
        """What its module is made of."""
        return {
            "features": x.depth, "units": self.units, "layers": self.layers, "bidirectional": self.bidirectional,
            "returns": self.returns,
        }  # fmt: skip


class RNN(Recurrent):
    """Reads a sequence step by step. Its state after a step is the tanh of a weighted sum of the step and of the state before it.

    What it saw many steps ago fades, and so do its gradients: LSTM and GRU remember longer.
    Shape: (N, L, features) → (N, L, units) or, for the last step, (N, units); twice the units if bidirectional."""

    title: ClassVar[str] = "RNN"
    source: ClassVar[str] = "Elman 1990, Cognitive Science 14(2):179"
    formula: ClassVar[str] = "h ← tanh(W·x + U·h + b)"
    keywords: ClassVar[str] = "recurrent neural network vanilla simple Elman hidden state memory time series text speech"
    stands_in_for: ClassVar[str] = "echo state reservoir"

    kind: Literal["rnn"] = "rnn"

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(modules.RNN(**self.arguments(x)))


class LSTM(Recurrent):
    """Long short-term memory. Reads a sequence step by step and keeps a memory; gates decide what enters it, what stays and what comes out.

    Shape: (N, L, features) → (N, L, units) or, for the last step, (N, units); twice the units if bidirectional."""

    title: ClassVar[str] = "LSTM"
    source: ClassVar[str] = "Hochreiter and Schmidhuber 1997, Neural Computation 9(8):1735; Gers, Schmidhuber, Cummins 2000, 12(10):2451"
    formula: ClassVar[str] = "c ← f·c + i·tanh(W·x + U·h + b), h ← o·tanh(c)"
    beginners: ClassVar[str] = (
        "Reads a sequence one step at a time, such as the words of a sentence, and learns what to remember and what to forget"
    )
    keywords: ClassVar[str] = "long short-term memory recurrent neural network RNN hidden state cell time series text speech"
    observes: ClassVar[tuple[str, ...]] = ("output", "hidden", "gates", "cell")
    gates: ClassVar[tuple[str, ...]] = ("input", "forget", "candidate", "output")
    stands_in_for: ClassVar[str] = "ConvLSTM, peephole LSTM"

    kind: Literal["lstm"] = "lstm"

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(modules.LSTM(**self.arguments(x)))


class GRU(Recurrent):
    """Gated recurrent unit. Like an LSTM with fewer weights: two gates decide how much of its state each step replaces.

    Shape: (N, L, features) → (N, L, units) or, for the last step, (N, units); twice the units if bidirectional."""

    title: ClassVar[str] = "GRU"
    source: ClassVar[str] = "Cho et al. 2014, EMNLP, arXiv:1406.1078"
    formula: ClassVar[str] = "h ← (1 − z)·tanh(W·x + r·(U·h) + b) + z·h"
    keywords: ClassVar[str] = "gated recurrent unit neural network RNN hidden state memory time series text speech"
    observes: ClassVar[tuple[str, ...]] = ("output", "hidden", "gates")
    gates: ClassVar[tuple[str, ...]] = ("reset", "update", "candidate")
    stands_in_for: ClassVar[str] = "minimal gated unit MGU"

    kind: Literal["gru"] = "gru"

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(modules.GRU(**self.arguments(x)))
