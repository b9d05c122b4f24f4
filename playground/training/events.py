"""What training says while it runs: frozen values, small enough for a pipe, that know nothing of processes or screens."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Reason = Literal["epochs", "target_accuracy", "patience", "time", "stopped"]

ViewName = Literal["confusion", "boundary", "curve", "fit", "reconstruction"]
VIEW_NAMES: Final[tuple[ViewName, ...]] = get_args(ViewName)
"""All views that a run can show. The store, the live channel and the page know no others; `View` says what each contains."""
OVER_BOUNDS: Final[frozenset[ViewName]] = frozenset({"boundary", "curve"})
"""Views drawn over the bounds of the dataset."""


@dataclass(frozen=True, slots=True)
class Started:
    """Before the first step. `device` is as torch names it ("cpu", "cuda:0"), `device_name` as its maker does."""

    device: str
    device_name: str
    parameters: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    train_samples: int
    test_samples: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Columns of the steps since the last one: step numbers from 1 and the loss of each step's batch, with the penalties on
    weights where layers have them.

    seconds: training time so far, pauses left out. epoch: epochs done, with the fraction of the one under way. diverging: the losses are
    finite and far beyond those of the start (`divergence_watch`)."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]
    epoch: float
    seconds: float
    learning_rate: float
    samples_per_second: float
    diverging: bool = False


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The network in evaluation mode, on the test set and on a fixed sample of the training set.

    seconds: when the weights were what was evaluated. Accuracies in [0, 1], None for regression."""

    step: int
    epoch: float
    seconds: float
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None


@dataclass(frozen=True, slots=True)
class View:
    """A picture in numbers, float32, for the screen.

    confusion: (K, K) counts of test examples, row the true class, column the answer.
    boundary: (C, H, W) over the dataset's bounds, row 0 at the smallest x2; C = 1 (probability of class 1, or the value) or one a class.
    curve: (D, N) answers at even places from one bound to the other.
    fit: (N, 2) test targets and answers, for regression.
    reconstruction: (3, M, C, H, W) in [0, 1], test pictures that went in, came out and were wanted."""

    name: ViewName
    step: int
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the weights, on the CPU; the network in training goes on without it."""

    step: int
    epoch: float
    tensors: dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss is no longer a number, or was far beyond that of the start when the run ended. `message` says which loss, which step and
    which learning rate; `advice` what to try, the likeliest to help first."""

    step: int
    loss: float
    learning_rate: float
    message: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """After the last step, with the last evaluation's numbers.

    findings: what the network does no better than a constant prediction, in sentences; () for one that learned something."""

    reason: Reason
    step: int
    epoch: float
    seconds: float
    samples_per_second: float
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    findings: tuple[str, ...] = ()


Event = Started | Progress | Evaluated | View | Snapshot | Diverged | Finished
