"""Runs that are changed while they are computed: noted in their specs, which repeat them, and refused where that cannot be done."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.catalog.layers import Dense, Dropout, Output, Tanh
from playground.parsing import parse_spec
from playground.runs import RunNotFound, RunOver, Runs, RunState
from playground.runs.archive import Archive
from playground.spec import ExperimentSpec, SpecError
from playground.training import train
from tests.runs.experiments import circle, endless, losses_of, reported_losses, submit, wait_for, wait_for_step, wait_until
from tests.runs.kept_executor import KeptExecutor

RATE, DROPOUT, WEIGHT = "optimizer.lr", "network[2].rate", "network[0].weight[3][1]"


def spec(epochs: int = 40) -> ExperimentSpec:
    """25 steps per epoch."""
    chosen = circle(epochs, threads=1, memory_format="contiguous")
    return chosen.model_copy(update={"network": (Dense(units=4), Tanh(), Dropout(rate=0.2), Output())})


def changes(runs: Runs, run_id: str) -> list[tuple[str, float]]:
    return [(change.path, change.value) for change in runs.info(run_id).spec.changes]


def change(runs: Runs, run_id: str, path: str, value: float) -> None:
    """Changes a run, and waits until its spec says so."""
    runs.change(run_id, path, value)
    wait_until(runs, run_id, lambda: (path, value) in changes(runs, run_id))


def assert_repeated(runs: Runs, run_id: str, chosen: ExperimentSpec) -> None:
    """The run has reported the losses of this spec."""
    expected = losses_of(list(train(chosen)))
    reported = reported_losses(runs, run_id)
    assert len(reported) == len(expected)
    assert reported == pytest.approx(expected, rel=1e-6)


def test_a_run_that_is_changed_paused_and_interrupted_is_repeated_by_its_spec(open_runs: Callable[..., Runs], tmp_path: Path) -> None:
    """While it trains, while it is paused, and while it waits without a process, after a restart of the server."""
    runs = open_runs()
    run_id = submit(runs, spec(), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    change(runs, run_id, WEIGHT, 1.5)
    assert runs.info(run_id).state is RunState.PAUSED
    wait_until(runs, run_id, lambda: runs.load(run_id).model[0].weight[3, 1].item() == 1.5)
    runs.step(run_id, "epoch")
    change(runs, run_id, DROPOUT, 0.5)
    wait_for(runs, run_id, RunState.PAUSED)
    runs.close()

    runs = open_runs()
    runs.start()
    assert changes(runs, run_id) == [(WEIGHT, 1.5), (DROPOUT, 0.5)]
    change(runs, run_id, RATE, 0.3)
    assert runs.info(run_id).state is RunState.PAUSED
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    noted = runs.info(run_id).spec
    assert noted == parse_spec((tmp_path / "runs" / run_id / "spec.json").read_text())
    assert [change.step for change in noted.changes] == sorted(change.step for change in noted.changes)
    assert noted.changes[0].step == 25
    assert_repeated(runs, run_id, noted)
    lines = [json.loads(line) for line in (tmp_path / "runs" / run_id / "metrics.jsonl").read_text().splitlines()]
    assert [line["path"] for line in lines if line["event"] == "changed"] == [WEIGHT, DROPOUT, RATE]

    runs.close()
    assert Archive(open_runs()._records.store, tmp_path).info(run_id).spec == noted


def test_what_cannot_be_changed_says_why_and_the_run_goes_on(runs: Runs) -> None:
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 1)
    for path, value, message in [
        (RATE, math.nan, "finite"),
        (RATE, 1000.0, "at most 100"),
        (DROPOUT, 0.5, "cannot change"),
        ("network[0].bias[4]", 0.5, "the last one is"),
        ("network[0].bias[0]", math.inf, "finite"),
    ]:
        with pytest.raises(SpecError, match=message):
            runs.change(run_id, path, value)
    assert changes(runs, run_id) == []
    assert runs.info(run_id).state is RunState.RUNNING
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    with pytest.raises(RunOver, match="has ended"):
        runs.change(run_id, RATE, 0.1)
    with pytest.raises(RunNotFound):
        runs.change("w" + "0" * 22, RATE, 0.1)


def test_too_many_changes(runs: Runs) -> None:
    run_id = submit(runs, spec(1), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    for value in range(500):
        runs.change(run_id, WEIGHT, float(value))
    wait_until(runs, run_id, lambda: len(changes(runs, run_id)) == 500)
    with pytest.raises(SpecError, match="at most 500 changes"):
        runs.change(run_id, WEIGHT, 0.0)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert_repeated(runs, run_id, runs.info(run_id).spec)


def test_a_change_whose_process_dies_before_it_is_made_is_not_lost(open_runs: Callable[..., Runs]) -> None:
    runs = open_runs()
    run_id = submit(runs, spec(), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    live = runs._live.get(run_id)
    assert live is not None
    assert live.session is not None
    live.session.kill()
    live.alter(RATE, 0.3)
    wait_until(runs, run_id, lambda: live.session is None)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert changes(runs, run_id) == [(RATE, 0.3)]
    assert_repeated(runs, run_id, runs.info(run_id).spec)


def test_a_run_of_another_server_is_changed_by_its_server(database: str, tmp_path: Path, executor: KeptExecutor) -> None:
    ours, theirs = (Runs(tmp_path / "data", 2, database, executor) for _ in range(2))
    try:
        ours.start()
        theirs.start()
        run_id = submit(theirs, endless(), step="epoch")
        wait_for(ours, run_id, RunState.PAUSED)
        ours.change(run_id, RATE, 0.3)
        wait_until(ours, run_id, lambda: changes(ours, run_id) == [(RATE, 0.3)])
        assert changes(theirs, run_id) == [(RATE, 0.3)]
    finally:
        theirs.close()
        ours.close()


def test_a_branch_keeps_the_changes_up_to_its_moment(runs: Runs) -> None:
    run_id = submit(runs, spec(4), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    change(runs, run_id, DROPOUT, 0.5)
    runs.step(run_id, "epoch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED and runs.status(run_id)["step"] == 50)
    change(runs, run_id, RATE, 0.3)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    for step, kept in ((40, [(DROPOUT, 0.5)]), (60, [(DROPOUT, 0.5), (RATE, 0.3)]), (10, [])):
        branch = runs.resolve(runs.branch(run_id, step)).run_id
        wait_for(runs, branch, RunState.PAUSED)
        assert changes(runs, branch) == kept
        runs.resume(branch)
        wait_for(runs, branch, RunState.FINISHED)
        assert_repeated(runs, branch, runs.info(branch).spec)
        lines = [json.loads(line) for line in (runs.info(branch).directory / "metrics.jsonl").read_text().splitlines()]
        assert [(line["path"], line["value"]) for line in lines if line["event"] == "changed"] in (kept, [])  # [] without a checkpoint


def test_a_setting_that_is_given_the_value_it_has_does_not_change(open_runs: Callable[..., Runs]) -> None:
    """A browser may send the same number twice. Weights move, so one may be set to the same number again."""
    runs = open_runs()
    run_id = submit(runs, spec(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    for path, value in ((DROPOUT, 0.2), (RATE, 0.3), (RATE, 0.3), (WEIGHT, 1.5), (WEIGHT, 1.5), (RATE, 0.1)):
        runs.change(run_id, path, value)
    wait_until(runs, run_id, lambda: (RATE, 0.1) in changes(runs, run_id))
    assert changes(runs, run_id) == [(RATE, 0.3), (WEIGHT, 1.5), (WEIGHT, 1.5), (RATE, 0.1)]
