"""The events of a run: frozen values, small enough for a pipe, that know nothing about processes or screens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from playground.catalog.baselines import Baselines
from playground.catalog.metrics import SPLITS
from playground.training.checkpoint import Checkpoint
from playground.training.declarations import NOTHING, Declarations
from playground.training.execution import Execution

Reason = Literal["epochs", "target_accuracy", "patience", "time", "limit", "stopped"]


@dataclass(frozen=True, slots=True)
class Started:
    """Before the first step. device: PyTorch's name ("cpu", "cuda:0"); device_name: the manufacturer's. declared: the metrics and views
    of the run. baselines: what its metrics must beat on the test set. steps_per_epoch, batch_size: of the epoch in progress; they
    may change. step, epoch: those of the checkpoint from which it continues; what was reported of later steps is reported again.
    execution: how the CPU computes it."""

    device: str
    device_name: str
    parameters: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    train_samples: int
    test_samples: int
    declared: Declarations = NOTHING
    baselines: Baselines = field(default_factory=dict)
    step: int = 0
    epoch: float = 0.0
    execution: Execution = field(default_factory=Execution)


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps since the last Progress: their numbers, from 1, and the loss of each step's batch, including penalties on weights.

    seconds: training time so far, without pauses. epoch: completed epochs plus the fraction of the current one. diverging: whether losses
    are finite but far above those of the start (`divergence_watch`)."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]
    epoch: float
    seconds: float
    learning_rate: float
    samples_per_second: float
    diverging: bool = False


class Results:
    """The metrics of a network on the test set and on a fixed sample of the training set, by name; `Started` declares them."""

    __slots__ = ()
    train: Mapping[str, float]
    test: Mapping[str, float]

    @property
    def columns(self) -> dict[str, float]:
        """All metrics with the name of their split: "train_loss", "test_loss", …"""
        splits = {"train": self.train, "test": self.test}
        names = dict.fromkeys([*self.train, *self.test])
        return {f"{split}_{name}": splits[split][name] for name in names for split in SPLITS if name in splits[split]}

    @property
    def train_loss(self) -> float:
        return self.train["loss"]

    @property
    def test_loss(self) -> float:
        return self.test["loss"]

    @property
    def train_accuracy(self) -> float | None:
        """None without classes."""
        return self.train.get("accuracy")

    @property
    def test_accuracy(self) -> float | None:
        """None without classes."""
        return self.test.get("accuracy")


@dataclass(frozen=True, slots=True)
class Evaluated(Results):
    """The network in evaluation mode. seconds: training time when the weights were copied."""

    step: int
    epoch: float
    seconds: float
    train: Mapping[str, float]
    test: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class View:
    """Data of a plot, float32; the declaration of that name in `Started` says what it means and how it is drawn."""

    name: str
    step: int
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the weights on the CPU, independent of the network in training."""

    step: int
    epoch: float
    tensors: dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss is no longer a number, or was far above that of the start when the run ended. message: which loss, step and learning rate;
    advice: what to try, the most likely to help first."""

    step: int
    loss: float
    learning_rate: float
    message: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finished(Results):
    """After the last step, with the results of the last evaluation.

    findings: sentences on where the network is no better than a constant prediction; () if it learned something."""

    reason: Reason
    step: int
    epoch: float
    seconds: float
    samples_per_second: float
    train: Mapping[str, float]
    test: Mapping[str, float]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting or a weight has another value from the next step on, because the caller asked for it. As a `Change` of the spec, it repeats
    the run."""

    step: int
    epoch: float
    path: str
    value: float


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that the caller asked for cannot be made; the run goes on. message: why, with the path and a remedy."""

    step: int
    path: str
    value: float
    message: str


@dataclass(frozen=True, slots=True)
class Rest:
    """Between two steps, because the caller asked for it: nothing to report. seconds: until the next step in slow motion."""

    seconds: float = 0.0


Event = Started | Progress | Evaluated | View | Snapshot | Checkpoint | Changed | Refused | Rest | Diverged | Finished
