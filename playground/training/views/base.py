"""What a view declares, and how it is computed."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.catalog.answers import IGNORED, answers
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array
from playground.catalog.readouts import Readout
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.layer_history import LayerHistory
from playground.training.layer_probe import LayerProbe
from playground.training.wanted import EVERYTHING

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a view's values that belong together; all slices of a view, in order, are its values.

    path: what they belong to, such as "network[3]". what: what they are; the form says how it draws that. shape: theirs; whole: what the
    shape would be if nothing had been left out, () if nothing ever is. titles: of the layers they are about; layers: how many these are.
    names: of the units, maps or features."""

    path: str
    what: str
    shape: tuple[int, ...]
    whole: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    layers: int = 0


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """A view of a run, as the page needs to know it; ready for JSON.

    name: identifies it, at most 16 characters. title: for people who cannot see it; tab: one word, for the choice between views; caption:
    how to read it, in a sentence. form: how it is drawn, the name of a module in `assets/js/views/`, which says what array it draws.
    axes: names of the axes or rows of the drawing, in the order of the form. classes: names of the classes, () without. bounds: of the
    axes of a view that is drawn over the examples, (low, high) for all of them or for one after the other; otherwise None. shown: whether
    the page offers it. symbols: how each symbol of the inputs is displayed, padding first, () if the view shows none. middle: the value
    at which colors change their sign. slices: of what its values consist, if not of one array. asked: whether it is sent only to pages that
    look at it, because it is large. choices: what can be chosen to be shown in it, such as a layer; () if there is no choice. captions: how
    to read what is chosen, for each choice, instead of the caption; () if that is the same for all."""

    name: str
    title: str
    tab: str
    form: str
    caption: str
    axes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    bounds: tuple[float, ...] | None = None
    shown: bool = True
    symbols: tuple[str, ...] = ()
    middle: float = 0.0
    slices: tuple[Slice, ...] = ()
    asked: bool = False
    choices: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What views are computed from: a copy of the network, and its outputs for the test set or a sample of it.

    test: the whole test set. outputs: (N, K) raw outputs for the evaluated examples, in order; truth: (N,) or (N, D), their targets as the
    dataset has them. In tasks per step, both are those of all steps that have a target. network: inputs (M, *shape) on the device → raw
    outputs, without gradients. part: how many examples it takes at once at most. whole: whether all test examples were evaluated. layers:
    what was measured of the layers until now; probe: measures them. choices: what is chosen in a view, by its name. train: the whole
    training set."""

    test: Examples
    truth: Tensor
    outputs: Tensor
    readout: Readout
    network: Callable[[Tensor], Tensor]
    part: int
    whole: bool = True
    layers: LayerHistory = field(default_factory=lambda: LayerHistory(0, 0))
    probe: LayerProbe | None = None
    choices: Callable[[str], frozenset[int]] = EVERYTHING.choices
    train: Examples | None = None

    def predictions(self, inputs: Tensor) -> Generator[None, None, Tensor]:
        """The network's raw outputs for inputs, a part of them at a time."""
        outputs = []
        for part in torch.split(inputs, self.part):
            outputs.append(self.network(part))
            yield
        return torch.cat(outputs)

    def first(self, examples: int) -> Generator[None, None, Tensor]:
        """The raw outputs for the first test examples, whether or not they were evaluated: (M, K), as in `outputs`."""
        inputs, targets = self.test.part(0, examples)
        per_step = self.test.dataset.task.per_step
        if self.whole:
            return self.outputs[: int((targets != IGNORED).sum()) if per_step else len(targets)]
        outputs = yield from self.predictions(inputs)
        return answers(outputs, targets)[0] if per_step else outputs


class ViewKind(ABC):
    """A view: for every run that has it there is one instance. spec: of the run; device: where its network is."""

    name: ClassVar[str]
    title: ClassVar[str]
    tab: ClassVar[str]
    form: ClassVar[str]
    axes: ClassVar[tuple[str, ...]] = ()
    shows_symbols: ClassVar[bool] = False
    """Whether it shows inputs that may be symbols."""
    asked: ClassVar[bool] = False
    """Whether it is sent only to pages that ask for it."""
    smooth: ClassVar[bool] = False
    """Whether it should move smoothly: it is then computed as often as the budget allows."""

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        self.spec, self.data, self.device = spec, spec.data, device

    @classmethod
    @abstractmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        """Whether runs of this experiment have it."""

    @classmethod
    @abstractmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        """How to read it, in a sentence."""

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        """Names of the axes or rows of its drawing."""
        return cls.axes

    @classmethod
    def bounds(cls, spec: ExperimentSpec) -> tuple[float, ...] | None:
        """Of its axes, if it is drawn over the examples."""
        return None

    @classmethod
    def middle(cls, spec: ExperimentSpec) -> float:
        """The value at which its colors change their sign."""
        return 0.0

    @classmethod
    def choices(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        """What can be chosen to be shown in it."""
        return ()

    @classmethod
    def captions(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        """How to read each of the choices, if its caption does not say it."""
        return ()

    @classmethod
    def shown(cls, spec: ExperimentSpec) -> bool:
        """Whether the page offers it."""
        return True

    @classmethod
    def declared(cls, spec: ExperimentSpec) -> DeclaredView:
        """Its declaration, for runs of this experiment."""
        return DeclaredView(
            cls.name, cls.title, cls.tab, cls.form, cls.caption(spec), cls.axis_names(spec), spec.data.classes, cls.bounds(spec),
            cls.shown(spec), spec.data.encoding.symbols if cls.shows_symbols else (), cls.middle(spec),
            cls.slices(spec), cls.asked, cls.choices(spec), cls.captions(spec),
        )  # fmt: skip

    @classmethod
    def slices(cls, spec: ExperimentSpec) -> tuple[Slice, ...]:
        """Of what its values consist, if not of one array."""
        return ()


class ViewOfEvaluation(ViewKind):
    """A view of the outputs that an evaluation has computed."""

    over_time: ClassVar[bool] = False
    """Whether it shows what was measured in all evaluations until now."""

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        """Computes it; training takes steps between two iterations."""
        yield from ()
        return self.compute(seen)

    @abstractmethod
    def compute(self, seen: Seen) -> Values:
        """The array that its form draws."""


class ViewInParts(ViewOfEvaluation):
    """A view that asks the network, which may take long: it is divided into short `parts`."""

    @abstractmethod
    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        """Computes it; training takes steps between two iterations."""

    def compute(self, seen: Seen) -> Values:
        parts = self.parts(seen)
        while True:
            try:
                next(parts)
            except StopIteration as done:
                values: Values = done.value
                return values


class ViewOfNetwork(ViewKind):
    """A view of what is inside the network, which needs no evaluation and can therefore be made far more often than one."""

    @abstractmethod
    def look(self, network: nn.Module, test: Examples, part: int) -> Values:
        """The array that its form draws. network: a copy, in evaluation mode; its module i is layer i of the spec. test: the test set.
        part: how many examples it takes at once at most."""


class ViewOfInputs(ViewInParts):
    """A view of the predictions at inputs of its own."""

    smooth: ClassVar[bool] = True

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        super().__init__(spec, device)
        self._inputs = self.data.encode(self.inputs(self.data)).to(device)

    @classmethod
    @abstractmethod
    def inputs(cls, data: Dataset) -> Array:
        """The raw examples (M, *shape) at which it needs predictions."""

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        outputs = yield from seen.predictions(self._inputs)
        return self.drawn(seen.readout.probabilities(outputs))

    @abstractmethod
    def drawn(self, predictions: Tensor) -> Values:
        """(M, K) probabilities or values at its inputs → the array that its form draws."""


def classes_of(targets: Tensor) -> Tensor:
    """Targets as they are encoded for a loss → int64 (N,) classes."""
    if targets.dim() == 1:
        return targets
    return (targets[:, 0] > 0.5).long() if targets.shape[1] == 1 else targets.argmax(dim=1)


def values_of(tensor: Tensor) -> Values:
    """The tensor as an array for a view: float32, on the CPU, in row order."""
    values: Values = tensor.detach().to("cpu", torch.float32).contiguous().numpy()
    return values
