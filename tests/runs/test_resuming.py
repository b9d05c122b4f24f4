"""Runs that go on after an interruption: automatically or by a click, with the results of a run that was never interrupted."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from playground.catalog.augmentations import Rotation
from playground.catalog.datasets import Digits8
from playground.catalog.layers import Dense, Dropout, Flatten, Output
from playground.catalog.losses import CrossEntropy
from playground.runs import Runs, RunState
from playground.runs.directory import CHECKPOINT, METRICS
from playground.runs.live import MOST_RESUMES
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import train
from tests.runs.experiments import (
    PATIENCE_SECONDS,
    circle,
    endless,
    losses_of,
    reported_losses,
    steps_taken,
    submit,
    the_worker,
    wait_for,
    wait_until,
    workers,
)

SPEC = ExperimentSpec(
    data=Digits8(augmentations=(Rotation(),)),
    network=(Flatten(), Dense(units=16), Dropout(rate=0.2), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(epochs=20, batch_size=32),
)
"""900 steps that draw random numbers."""


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[dict[int, float], dict[str, torch.Tensor]]:
    """Losses by step, and the trained weights."""
    events = list(train(SPEC))
    return losses_of(events), events[-2].tensors


def assert_same(runs: Runs, run_id: str, uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]) -> None:
    losses, weights = uninterrupted
    loaded = runs.load(run_id)
    assert loaded.step == len(losses)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in loaded.model.state_dict().items())
    reported = reported_losses(runs, run_id)
    assert reported == pytest.approx({step: losses[step] for step in reported}, rel=1e-6)
    assert list(reported) == sorted(reported)
    assert not (loaded.directory / CHECKPOINT).exists()


def wait_for_workers(number: int) -> list[psutil.Process]:
    """Waits until there are so many; the server need not notice anything when one ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := workers()) != number:
        assert time.monotonic() < deadline, f"{len(found)} workers"
        time.sleep(0.02)
    return found


def terminate(worker: psutil.Process) -> None:
    """Again and again: a process that has just been forked still ignores the signal, as the one it was forked from."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while worker.is_running():
        assert time.monotonic() < deadline
        worker.terminate()
        psutil.wait_procs([worker], timeout=0.2)


def paused(runs: Runs) -> str:
    """A run that is paused within its second epoch. It was never let go: it might have finished before this process had noticed."""
    run_id = submit(runs, SPEC, step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.step(run_id, "batch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED and steps_taken(runs, run_id) == 46)
    return run_id


def test_a_paused_run_whose_worker_is_killed_stays_paused(
    runs: Runs, uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]
) -> None:
    run_id = paused(runs)
    the_worker().kill()
    wait_for_workers(0)
    assert runs.info(run_id).state is RunState.PAUSED
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert_same(runs, run_id, uninterrupted)


def test_a_terminated_worker_is_replaced(runs: Runs, uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]) -> None:
    run_id = paused(runs)
    worker = the_worker()
    runs.resume(run_id)
    worker.terminate()
    wait_for(runs, run_id, RunState.FINISHED)
    assert_same(runs, run_id, uninterrupted)


def test_a_run_that_gets_no_further_waits_for_a_click(runs: Runs) -> None:
    wait_for_workers(0)  # of earlier tests
    run_id = submit(runs, endless())
    for _ in range(MOST_RESUMES + 1):
        terminate(wait_for_workers(1)[0])
    info = wait_for(runs, run_id, RunState.INTERRUPTED)
    assert "terminated from outside (signal 15" in info.message
    assert "It was continued 2 times and got no further." in info.message
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.RUNNING)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_a_failed_run_continues_from_its_checkpoint(runs: Runs, uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]) -> None:
    run_id = paused(runs)
    worker = the_worker()
    worker.suspend()
    runs.resume(run_id)
    worker.kill()  # as a system without memory does
    wait_for(runs, run_id, RunState.FAILED)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert_same(runs, run_id, uninterrupted)


def test_a_damaged_checkpoint_starts_the_run_again(runs: Runs, uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]) -> None:
    run_id = paused(runs)
    (runs.info(run_id).directory / CHECKPOINT).write_bytes(b"damaged")
    the_worker().kill()
    wait_for_workers(0)
    runs.step(run_id, "epoch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED and steps_taken(runs, run_id) == 45)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert_same(runs, run_id, uninterrupted)


def test_the_next_server_resumes_what_the_last_one_was_training(
    open_runs: Callable[..., Runs], uninterrupted: tuple[dict[int, float], dict[str, torch.Tensor]]
) -> None:
    runs = open_runs(parallel=2)
    training, resting = paused(runs), paused(runs)
    waiting = submit(runs, endless())
    runs.pause(waiting)
    runs.resume(training)
    runs.close()

    again = open_runs()
    assert again.info(training).state is RunState.INTERRUPTED
    assert again.info(resting).state is RunState.PAUSED
    changed = threading.Event()
    again.watch(resting, changed.set)
    again.start()
    wait_for(again, training, RunState.FINISHED)
    assert_same(again, training, uninterrupted)
    assert again.info(resting).state is RunState.PAUSED
    assert steps_taken(again, resting) == 46
    again.step(resting, "batch")
    wait_until(again, resting, lambda: again.info(resting).state is RunState.PAUSED and steps_taken(again, resting) == 47)
    assert changed.is_set(), "who watches a stored run hears that it goes on"
    again.resume(resting)
    wait_for(again, resting, RunState.FINISHED)
    assert_same(again, resting, uninterrupted)
    lines = (again.info(resting).directory / METRICS).read_text().splitlines()
    assert [line[:19] for line in lines].count('{"event": "started"') == 1
    again.stop(waiting)
    assert again.info(waiting).state is RunState.STOPPED


def test_a_run_of_another_server_is_left_alone(open_runs: Callable[..., Runs]) -> None:
    runs, other = open_runs(), open_runs()
    run_id = submit(runs, circle(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    while other.info(run_id).state is not RunState.PAUSED:  # within a second: then it is stored
        time.sleep(0.02)
    other.resume(run_id)
    assert other.info(run_id).state is runs.info(run_id).state is RunState.PAUSED
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_files_left_by_a_run(folder: Path, runs: Runs) -> None:
    run_id = submit(runs, circle(), step="batch")
    info = wait_for(runs, run_id, RunState.PAUSED)
    assert (info.directory / CHECKPOINT).is_file()
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    assert not (info.directory / CHECKPOINT).exists()
    psutil.wait_procs(workers(), timeout=30)
