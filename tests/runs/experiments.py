"""Small experiments, and waiting for their runs."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from playground.catalog.datasets import Circle, Digits8, Plane
from playground.catalog.layers import Dense, Flatten, Output, ReLU, Tanh
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.catalog.optimizers import SGD, Adam
from playground.runs import RunInfo, Runs, RunState
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training.events import Evaluated, Progress

PATIENCE_SECONDS = 60


def circle(epochs: int = 5, **settings: Any) -> ExperimentSpec:
    """25 steps per epoch."""
    return ExperimentSpec(
        data=Circle(),
        network=(Dense(units=4), Tanh(), Output()),
        loss=BCE(),
        optimizer=SGD(lr=0.03),
        training=TrainingSettings(epochs=epochs, batch_size=10, **settings),
    )


def endless() -> ExperimentSpec:
    """Too long to finish in any test: 250,000 steps."""
    return circle(epochs=1000, seed=1).model_copy(update={"data": Circle(samples=5000)})


def digits(epochs: int = 3) -> ExperimentSpec:
    return ExperimentSpec(
        data=Digits8(),
        network=(Flatten(), Dense(units=32), ReLU(), Output()),
        loss=CrossEntropy(),
        optimizer=Adam(lr=0.005),
        training=TrainingSettings(epochs=epochs, batch_size=32),
    )


def runaway() -> ExperimentSpec:
    """Diverges within a few steps."""
    return ExperimentSpec(data=Plane(), network=(Dense(units=8), ReLU(), Output()), loss=MSE(), optimizer=SGD(lr=10.0))


def wait_until(runs: Runs, run_id: str, condition: Callable[[], object]) -> None:
    """Waits for the condition, checking it whenever the run changes."""
    changed, deadline = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    unwatch = runs.watch(run_id, changed.set).end
    try:
        while not condition():
            assert changed.wait(deadline - time.monotonic()), f"timed out: {runs.status(run_id)}"
            changed.clear()
    finally:
        unwatch()


def wait_for(runs: Runs, run_id: str, *states: RunState) -> RunInfo:
    """Waits until the run is in one of these states; fails at once if it ends in another."""
    wait_until(runs, run_id, lambda: runs.info(run_id).state in states or runs.info(run_id).state.ended)
    info = runs.info(run_id)
    assert info.state in states, f"{info.state}: {info.message}"
    return info


def wait_for_step(runs: Runs, run_id: str, step: int) -> None:
    wait_until(runs, run_id, lambda: steps_taken(runs, run_id) >= step)


def steps_taken(runs: Runs, run_id: str) -> int:
    return int(runs.status(run_id)["step"])


def submit(runs: Runs, spec: ExperimentSpec, **how: Any) -> str:
    """The id of a new run."""
    return runs.resolve(runs.submit(spec, **how)).run_id


def reported_losses(runs: Runs, run_id: str) -> dict[int, float]:
    """The published loss of each step."""
    batch = runs.timeline(run_id).delta(None)[0]["series"]["batch"]
    return dict(zip(batch["step"], batch["train_loss"], strict=True))


def losses_of(events: list[Any]) -> dict[int, float]:
    """The same from the events of training in this process."""
    return {step: loss for event in events if isinstance(event, Progress) for step, loss in zip(event.steps, event.losses, strict=True)}


def last_evaluation(events: list[Any]) -> Evaluated:
    return [event for event in events if isinstance(event, Evaluated)][-1]


def workers() -> list[psutil.Process]:
    """Worker processes of all servers in this process: children of their fork servers."""
    return [worker for fork_server in psutil.Process().children() for worker in fork_server.children()]


def the_worker() -> psutil.Process:
    (worker,) = workers()
    return worker
