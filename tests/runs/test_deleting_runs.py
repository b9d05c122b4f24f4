"""Deleting runs of a server: in any state, one or all of an owner, by their owner or because of the limits."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.runs import RunInUse, RunNotFound, Runs, RunState
from playground.runs.retention import Limits
from playground.runs.store import StoredRun
from tests.runs.experiments import circle, endless, submit, wait_for, wait_for_step

NOTHING_FITS = Limits(most_bytes=1, days=0, notice_days=3)


def is_gone(runs: Runs, folder: Path, run_id: str) -> bool:
    with pytest.raises(RunNotFound):
        runs.info(run_id)
    return not (folder / "runs" / run_id).exists() and run_id not in [info.id for info in runs.list()]


def test_a_run_is_deleted_in_any_state(runs: Runs, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    finished = submit(runs, circle())
    wait_for(runs, finished, RunState.FINISHED)
    paused = submit(runs, endless(), step="batch")
    wait_for(runs, paused, RunState.PAUSED)
    running, other, waiting = (submit(runs, endless()) for _ in range(3))
    wait_for_step(runs, running, 1)
    for run_id in (finished, paused, waiting, running):
        runs.delete(run_id)
        assert is_gone(runs, folder, run_id)
        with pytest.raises(RunNotFound):
            runs.delete(run_id)
    wait_for_step(runs, other, 1)
    starting = submit(runs, endless())
    runs.delete(starting)
    assert is_gone(runs, folder, starting)
    runs.delete(other)
    assert not caplog.records, "nothing was written to a run that is gone"


def test_all_runs_of_an_owner_are_deleted_and_no_others(runs: Runs, folder: Path) -> None:
    mine = [submit(runs, circle(), owner="me"), submit(runs, endless(), owner="me")]
    theirs, nobodys = submit(runs, circle(), owner="them"), submit(runs, circle())
    for run_id in (mine[0], theirs, nobodys):
        wait_for(runs, run_id, RunState.FINISHED)
    runs.delete_all("me")
    assert all(is_gone(runs, folder, run_id) for run_id in mine)
    runs.delete_all("")
    assert runs.info(theirs).state is runs.info(nobodys).state is RunState.FINISHED
    assert (folder / "runs" / theirs / "model.safetensors").exists()


def test_a_run_of_another_server_that_has_not_ended_is_not_deleted(runs: Runs) -> None:
    runs._records.store.add(StoredRun("wother", datetime.now(UTC), "another server", circle().to_json(), RunState.RUNNING))
    with pytest.raises(RunInUse, match="Stop it first"):
        runs.delete("wother")
    assert runs.info("wother").state is RunState.RUNNING


def test_the_limits_delete_what_was_announced_and_nobody_needs(runs: Runs, folder: Path) -> None:
    ended, watched = submit(runs, circle(), owner="me"), submit(runs, circle())
    for run_id in (ended, watched):
        wait_for(runs, run_id, RunState.FINISHED)
    going_on = submit(runs, endless(), owner="me")
    wait_for_step(runs, going_on, 1)
    unwatch = runs.watch(watched, lambda: None).end
    runs._live.write()  # the store now knows that they ended
    now = datetime.now(UTC)
    runs.tidy(NOTHING_FITS, now)
    announced = runs.deletions()
    assert set(announced) >= {ended, watched}
    assert going_on not in announced
    assert runs.deletions("me") == {ended: now + timedelta(days=3)}
    runs.tidy(NOTHING_FITS, now + timedelta(days=4))
    assert is_gone(runs, folder, ended)
    assert runs.info(watched).state is RunState.FINISHED
    assert runs.info(going_on).state is RunState.RUNNING
    unwatch()
    runs.tidy(NOTHING_FITS, now + timedelta(days=4))
    assert is_gone(runs, folder, watched)
    assert runs.deletions() == {}
    runs.delete(going_on)
