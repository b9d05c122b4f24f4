"""Small experiments for tests of the engine, and ways to run them."""

from collections.abc import Iterable
from typing import Any

from playground.catalog.datasets import Circle, Dataset, Digits8
from playground.catalog.layers import Dense, Flatten, Layer, Output, ReLU, Tanh
from playground.catalog.losses import BCE, CrossEntropy
from playground.spec import ExperimentSpec, StopConditions, TrainingSettings
from playground.training import Control, Event, Progress, train


def points(
    *layers: Layer, data: Dataset | None = None, stop: StopConditions | None = None, training: dict[str, Any] | None = None, **fields: Any
) -> ExperimentSpec:
    """A small network on 60 points in the plane by default."""
    return ExperimentSpec(
        data=data or Circle(samples=60),
        network=layers or (Dense(units=4), Tanh(), Output()),
        training=TrainingSettings(**{"epochs": 3, "batch_size": 8, "stop": stop or StopConditions(), **(training or {})}),
        **{"loss": BCE(), **fields},
    )


def digits(*layers: Layer, data: Dataset | None = None, training: dict[str, Any] | None = None, **fields: Any) -> ExperimentSpec:
    """A small network on the 1,797 digits of 8×8 pixels."""
    return ExperimentSpec(
        data=data or Digits8(),
        network=layers or (Flatten(), Dense(units=16), ReLU(), Output()),
        training=TrainingSettings(**{"epochs": 2, "batch_size": 100, **(training or {})}),
        **{"loss": CrossEntropy(), **fields},
    )


def losses(events: Iterable[Event]) -> list[float]:
    """The loss of every step; asserts that steps count up from 1."""
    progress = [event for event in events if isinstance(event, Progress)]
    steps = [step for event in progress for step in event.steps]
    assert steps == list(range(1, len(steps) + 1))
    return [loss for event in progress for loss in event.losses]


def run(spec: ExperimentSpec, control: Control | None = None) -> list[Event]:
    """All events."""
    return list(train(spec, control=control))


def of_kind(events: Iterable[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]
