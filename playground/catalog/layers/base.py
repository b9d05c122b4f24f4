"""What a layer declares."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import nn

from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.tensors import Axes, TensorSpec
from playground.catalog.variant import Variant

Group = Literal["Dense", "Convolution", "Sequence", "Pooling", "Shape", "Activation", "Regularization", "Normalization", "Block"]

WEIGHTED_SUM = "y = Σ(w·x) + b"
AVERAGE = "y = mean(x)"

Steps = tuple[int, ...]
"""For each step of a sequence, the index of the step, feature or part of the network's input that it stands for, or ADDED."""
ADDED = -1
"""Stands for a step that comes from no part of the input."""


@dataclass(frozen=True)
class Grid:
    """The parts of an image that become steps, row by row: equal boxes. height, width: which share of the image they cover together, from
    the upper left corner on."""

    rows: int
    columns: int
    height: float = 1.0
    width: float = 1.0


class Layer(Variant):
    """One step of the network, from a tensor of examples (N, *x.sizes) to the next."""

    group: ClassVar[Group]
    needs: ClassVar[tuple[Axes, ...]] = ()
    """The axes of its input: one of these alternatives, () for any. It works on them and leaves other axes alone."""
    takes_symbols: ClassVar[bool] = False
    """Whether its input is symbols; all other layers take numbers."""
    respects_padding: ClassVar[bool] = True
    """Whether the valid steps of a sequence do not depend on what stands in its padding; otherwise it needs sequences of one length."""
    observes: ClassVar[tuple[str, ...]] = ("output",)
    """What can be looked at inside it, such as "attention", "gates" or "hidden"."""

    formula: ClassVar[str]
    """How a number y of its output follows from its input, in a line. Where it is WEIGHTED_SUM or AVERAGE, y is a weighted sum of inputs,
    whose weights w are the derivatives; in activations of single numbers, it is as in `playground.catalog.formulas`; else it is text."""
    symbols: ClassVar[Mapping[str, str]] = {}
    """The settings and learned numbers in `formula`: the field or the parameter of the module of each symbol."""

    changes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Settings that may change while a run goes on, each with the attributes of its module that hold it, such as "p" or "inside.p"."""

    beginners: ClassVar[str] = ""
    """What it is for, in plain words; "" for a layer that beginners can do without."""

    keywords: ClassVar[str] = ""
    """Words that people look for when they mean this layer, besides those of its title and help."""

    stands_in_for: ClassVar[str] = ""
    """Names of layers that do not exist here and to which this one is nearest, separated by commas."""

    def formula_of(self, feature: int) -> str:
        """`formula` for one of the features that it outputs, from 0."""
        return self.formula

    @abstractmethod
    def build(self, x: TensorSpec) -> nn.Module:
        """A new module for inputs (N, *x.sizes).

        Raises: ValueError, with a message in plain words, if the layer cannot be applied to them."""

    def axes_after(self, x: TensorSpec) -> Axes:
        """The names of its output's axes; their sizes are measured."""
        return x.names

    def grid(self, x: TensorSpec) -> Grid | None:
        """Which parts of an image become the steps of its output; None if it makes no steps of an image."""
        return None

    def steps_after(self, steps: Steps, y: TensorSpec) -> Steps:
        """What the steps of its output y stand for, given that for its input; () if there are no steps or if it cannot be said."""
        return steps if y.has("length") and y.size("length") == len(steps) else ()

    def rotates(self, x: TensorSpec) -> bool:
        """Whether attention after it turns its queries and keys by their positions."""
        return x.rotary

    @property
    def sees_later_steps(self) -> bool:
        """Whether what it outputs at a step of a sequence depends on later steps, so that it cannot be used to predict them."""
        return any(layer.sees_later_steps for _, layers in self.branches() for layer in layers)

    def suggestion(self, x: TensorSpec) -> "tuple[str, Layer] | None":
        """For inputs that `build` refuses: the title of a fix, and a layer that works instead; None if there is none."""
        return None

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        """The numbers that it can output in evaluation mode, whatever its weights, for inputs with numbers in `inside`."""
        return ANY

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the features that it outputs, () if they have none."""
        return ()

    def sized(self, outputs: int) -> "Layer":
        """The layer with as many outputs as data and loss need; only `output` changes."""
        return self

    def with_all_steps(self) -> "Layer | None":
        """The layer with an output at every step of a sequence, for a layer that has only one; None if it cannot have more."""
        return None

    def branches(self) -> "tuple[tuple[str, tuple[Layer, ...]], ...]":
        """The chains of layers inside it, each with its path, such as ("branch[0]", …); () for a layer without any."""
        return ()

    @classmethod
    def fits(cls, x: TensorSpec) -> bool:
        """Whether an input has the axes it needs, and is symbols or numbers as it needs them."""
        return cls.takes_symbols == (x.vocabulary is not None) and (not cls.needs or any(x.has(*axes) for axes in cls.needs))
