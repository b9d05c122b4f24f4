"""Runs on a real Ray cluster of two nodes, on the loopback address and with authentication."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch

from playground.catalog.datasets import Digits8
from playground.catalog.layers import Dense, Dropout, Flatten, Output
from playground.catalog.losses import CrossEntropy
from playground.runs import Runs, RunState
from playground.runs.directory import CHECKPOINT
from playground.runs.executor import ExecutorError
from playground.runs.ray_executor import RayExecutor
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import train
from tests.runs.experiments import circle, endless, losses_of, reported_losses, steps_taken, submit, wait_for, wait_for_step, wait_until

SPEC = ExperimentSpec(
    data=Digits8(),
    network=(Flatten(), Dense(units=16), Dropout(rate=0.2), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(epochs=60, batch_size=32),
)
"""2,700 steps that draw random numbers."""


class Cluster:
    """See `ray_cluster`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        self.address: str = started["address"]
        self._nodes = [psutil.Process(number) for number in started["nodes"]]

    def kill_the_node_that_trains(self) -> None:
        (busy,) = [number for number, node in enumerate(self._nodes) if node.is_running() and computes(node)]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(busy, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "removed\n"


def computes(node: psutil.Process) -> bool:
    return any("Trainer" in " ".join(process.cmdline()) for process in node.children(recursive=True))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "t" * 40, "RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        command = [sys.executable, "-m", "tests.runs.ray_cluster", "2"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            started = Cluster(process)
            patch.setenv("RAY_ADDRESS", started.address)
            yield started
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def on_cluster(cluster: Cluster, folder: Path) -> Iterator[Runs]:
    runs = Runs(folder, 2, executor=RayExecutor())
    runs.start()
    yield runs
    runs.close()


@pytest.mark.timeout(240)
def test_a_run_reports_as_it_happens_and_follows_commands(on_cluster: Runs) -> None:
    runs = on_cluster
    run_id = submit(runs, SPEC, step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    assert steps_taken(runs, run_id) == 1
    runs.step(run_id, "epoch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED and steps_taken(runs, run_id) == 45)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    events = list(train(SPEC))
    reported = reported_losses(runs, run_id)
    assert reported == pytest.approx({step: losses_of(events)[step] for step in reported}, rel=1e-6)
    stopped = submit(runs, endless())
    wait_for_step(runs, stopped, 10)
    runs.stop(stopped)
    wait_for(runs, stopped, RunState.STOPPED)
    assert runs.load(stopped).step >= 10


@pytest.mark.timeout(240)
def test_a_run_whose_node_dies_goes_on_from_its_checkpoint_on_another_node(on_cluster: Runs, cluster: Cluster) -> None:
    runs = on_cluster
    run_id = submit(runs, SPEC)
    wait_for_step(runs, run_id, 100)
    runs.pause(run_id)
    wait_for(runs, run_id, RunState.PAUSED)
    assert (runs.info(run_id).directory / CHECKPOINT).is_file()
    runs.resume(run_id)
    cluster.kill_the_node_that_trains()
    wait_for(runs, run_id, RunState.FINISHED)
    events = list(train(SPEC))
    weights = events[-2].tensors  # type: ignore[union-attr]
    trained = runs.load(run_id).model.state_dict()
    assert all(torch.equal(trained[name], weights[name]) for name in weights)


def test_a_cluster_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    runs = Runs(folder, 1, executor=RayExecutor())
    try:
        info = wait_for(runs, submit(runs, circle()), RunState.FAILED)
        assert info.message.startswith("The Ray cluster at 127.0.0.1:9 cannot be reached")
        assert "PLAYGROUND_EXECUTOR" in info.message
    finally:
        runs.close()


def test_without_ray(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.ray_executor.find_spec", lambda name: None)
    with pytest.raises(ExecutorError, match=r"requirements-cluster\.txt"):
        RayExecutor().start()
