"""The events of a run: frozen values, small enough for a pipe, that know nothing about processes or screens."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Reason = Literal["epochs", "target_accuracy", "patience", "time", "stopped"]

ViewName = Literal["confusion", "boundary", "curve", "fit", "reconstruction"]
VIEW_NAMES: Final[tuple[ViewName, ...]] = get_args(ViewName)
"""All views that a run can show; the store, the live channel and the page derive theirs from it. `View` describes each."""
OVER_BOUNDS: Final[frozenset[ViewName]] = frozenset({"boundary", "curve"})
"""Views drawn over the bounds of the dataset."""


@dataclass(frozen=True, slots=True)
class Started:
    """Before the first step. device: PyTorch's name ("cpu", "cuda:0"); device_name: the manufacturer's."""

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


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The network in evaluation mode, on the test set and on a fixed sample of the training set.

    seconds: training time when the weights were copied. Accuracies in [0, 1], None for regression."""

    step: int
    epoch: float
    seconds: float
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None


@dataclass(frozen=True, slots=True)
class View:
    """Data of a plot, float32.

    confusion: (K, K) counts of test examples; rows are true classes, columns predicted ones.
    boundary: (C, H, W) over the dataset's bounds, row 0 at the smallest x2; C = 1 (probability of class 1, or the value) or one per class.
    curve: (D, N) predictions at evenly spaced points from one bound to the other.
    fit: (N, 2) test targets and predictions, for regression.
    reconstruction: (3, M, C, H, W) in [0, 1]: inputs, outputs and targets of test images."""

    name: ViewName
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
class Finished:
    """After the last step, with the results of the last evaluation.

    findings: sentences on where the network is no better than a constant prediction; () if it learned something."""

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
