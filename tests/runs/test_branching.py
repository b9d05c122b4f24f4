"""Runs that go on from an earlier moment of another one, with its results."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from playground.catalog.augmentations import Rotation
from playground.catalog.datasets import Digits8
from playground.catalog.layers import Dense, Dropout, Flatten, Output
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import Adam
from playground.runs import RunNotFound, Runs, RunState, history
from playground.runs.directory import METRICS, load_run, read_spec
from playground.runs.info import Branch
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec, TrainingSettings
from tests.runs.experiments import endless, reported_losses, steps_taken, submit, wait_for, wait_for_step, wait_until

SPEC = ExperimentSpec(
    data=Digits8(augmentations=(Rotation(),)),
    network=(Flatten(), Dense(units=16), Dropout(rate=0.2), Output()),
    loss=CrossEntropy(),
    optimizer=Adam(lr=0.003),
    training=TrainingSettings(epochs=6, batch_size=32, threads="auto"),
)
"""270 steps that draw random numbers."""


@dataclass(frozen=True)
class Original:
    """A run that has finished, with a checkpoint after its 46th step."""

    run_id: str
    directory: Path
    losses: dict[int, float]
    weights: dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def original(runs: Runs) -> Original:
    run_id = submit(runs, SPEC, step="epoch", owner="me")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.step(run_id, "batch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED and steps_taken(runs, run_id) == 46)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    directory = runs.info(run_id).directory
    assert 46 in history.checkpoints(directory)
    return Original(run_id, directory, reported_losses(runs, run_id), load_run(directory).model.state_dict())


def branched(runs: Runs, run_id: str, step: int, owner: str = "") -> str:
    """The id of a branch, once it has paused at the moment."""
    branch = runs.resolve(runs.branch(run_id, step, owner)).run_id
    wait_until(runs, branch, lambda: runs.info(branch).state is RunState.PAUSED or runs.info(branch).state.ended)
    assert (runs.info(branch).state, steps_taken(runs, branch)) == (RunState.PAUSED, step)
    return branch


def assert_goes_on(runs: Runs, branch: str, original: Original) -> None:
    """The branch ends as the original did."""
    runs.resume(branch)
    wait_for(runs, branch, RunState.FINISHED)
    assert reported_losses(runs, branch) == original.losses
    weights = load_run(runs.info(branch).directory).model.state_dict()
    assert all(torch.equal(weights[name], tensor) for name, tensor in original.weights.items())


def start_of(runs: Runs, run_id: str) -> int:
    """The step from which a run was computed."""
    lines = (runs.info(run_id).directory / METRICS).read_text().splitlines()
    (started,) = [line for line in map(json.loads, lines) if line["event"] == "started"]
    return int(started["step"])


@pytest.mark.parametrize(("wanted", "start"), [(100, 46), (46, 45), (20, 0)])
def test_a_branch_is_the_original_at_the_moment_and_at_the_end(runs: Runs, original: Original, wanted: int, start: int) -> None:
    step = min((kept for kept in history.steps(original.directory) if kept >= wanted), default=wanted)
    branch = branched(runs, original.run_id, step)
    assert start_of(runs, branch) == start
    there, here = load_run(original.directory, step).model.state_dict(), load_run(runs.info(branch).directory).model.state_dict()
    assert all(torch.equal(here[name], tensor) for name, tensor in there.items())
    assert reported_losses(runs, branch) == {number: loss for number, loss in original.losses.items() if number <= step}
    past = history.steps(runs.info(branch).directory)
    assert {kept for kept in history.steps(original.directory) if kept <= start} <= set(past)
    assert past[-1] == step
    assert_goes_on(runs, branch, original)
    assert runs.info(original.run_id).state is RunState.FINISHED


def test_a_branch_says_from_where_it_goes_on(runs: Runs, original: Original) -> None:
    mine, theirs = branched(runs, original.run_id, 60, "me"), branched(runs, original.run_id, 60, "somebody")
    assert runs.info(mine).branch == Branch(original.run_id, 60)
    assert runs.info(original.run_id).branch is None
    assert runs.info(mine).spec == SPEC
    in_words = {run.id: run.summary for run in runs.overviews_of([mine, theirs])}
    assert in_words[mine].endswith("epochs · from step 60 of 4 layers on Tiny digits (8×8)")
    assert in_words[theirs].endswith("· from step 60 of another run")
    computed = read_spec(runs.info(mine).directory / "spec.json").training
    assert computed == read_spec(original.directory / "spec.json").training
    assert computed.threads != "auto"


def test_without_checkpoints_it_starts_at_the_first_step(runs: Runs, original: Original, tmp_path: Path) -> None:
    aside = original.directory.rename(tmp_path / "aside")
    branch = branched(runs, original.run_id, 70)
    aside.rename(original.directory)
    assert start_of(runs, branch) == 0
    here = load_run(runs.info(branch).directory).model.state_dict()
    again = load_run(runs.info(branched(runs, original.run_id, 70)).directory).model.state_dict()
    assert all(torch.equal(here[name], tensor) for name, tensor in again.items())


def test_the_next_server_goes_on_to_the_moment(open_runs: Callable[..., Runs]) -> None:
    runs = open_runs(parallel=1)
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 3000)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    branch = runs.resolve(runs.branch(run_id, 2900)).run_id
    wait_for_step(runs, branch, 1)
    runs.close()
    again = open_runs(parallel=1)
    assert again.info(branch).branch == Branch(run_id, 2900)
    again.start()
    wait_until(again, branch, lambda: again.info(branch).state is RunState.PAUSED)
    assert steps_taken(again, branch) == 2900


def test_a_run_that_does_not_exist_and_a_full_disk(runs: Runs, original: Original, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunNotFound):
        runs.branch("w" + "A" * 22, 10)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("playground.runs.branching.history.share", full)
    before = set(original.directory.parent.iterdir())
    with pytest.raises(RunError, match="is the disk full"):
        runs.branch(original.run_id, 100)
    assert set(original.directory.parent.iterdir()) == before, "nothing is left of it"


def test_what_changed_after_the_moment_does_not_change_in_the_branch(runs: Runs, original: Original) -> None:
    run_id = submit(runs, SPEC, step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.change(run_id, "optimizer.lr", 0.05)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert reported_losses(runs, run_id) != original.losses
    before, after = branched(runs, run_id, 40), branched(runs, run_id, 80)
    assert runs.info(before).spec == SPEC
    assert_goes_on(runs, before, original)
    assert [change.step for change in runs.info(after).spec.changes] == [45]
    runs.resume(after)
    wait_for(runs, after, RunState.FINISHED)
    assert reported_losses(runs, after) == reported_losses(runs, run_id)
