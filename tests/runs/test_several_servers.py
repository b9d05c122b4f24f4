"""Two servers of one database: a run of one is watched and controlled from the other, which continues it when the first is gone.

Each server has its own data folder, as on two machines, with a storage that both use; or both have the same one."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.artifacts.disk_space import folder_bytes
from playground.runs import RunNotFound, Runs, RunState
from playground.runs.database import StoreError
from playground.training import train
from playground.web import run_limits
from tests.postgresql import PostgreSQL
from tests.runs.experiments import (
    circle,
    endless,
    losses_of,
    reported_losses,
    steps_taken,
    submit,
    the_worker,
    wait_for,
    wait_for_step,
    wait_until,
)
from tests.runs.kept_executor import KeptExecutor

Open = Callable[..., Runs]


@pytest.fixture
def open_server(database: str, tmp_path: Path, executor: KeptExecutor) -> Iterator[Open]:
    """Opens a server of the database; closes those that are still open at the end."""
    opened: list[Runs] = []

    def open_(folder: str = "data") -> Runs:
        opened.append(Runs(tmp_path / folder, 2, database, executor))
        opened[-1].start()
        return opened[-1]

    yield open_
    for runs in opened:
        runs.close()


def test_a_run_is_watched_and_controlled_from_another_server(open_server: Open) -> None:
    ours, theirs = open_server(), open_server()
    run_id = submit(theirs, endless())
    wait_for(ours, run_id, RunState.RUNNING)
    wait_for_step(ours, run_id, 100)
    assert run_id not in ours._live

    timeline, cursor = ours.timeline(run_id), ours.timeline(run_id).delta(None)[1]
    wait_until(ours, run_id, lambda: ours.timeline(run_id).views)
    wait_until(ours, run_id, lambda: ours.timeline(run_id).delta(cursor)[0]["series"]["batch"]["step"])
    unwatch = ours.watch(run_id, lambda: None).end
    assert theirs._live.get(run_id).watched  # type: ignore[union-attr]

    ours.pause(run_id)
    wait_for(ours, run_id, RunState.PAUSED)
    assert theirs.info(run_id).state is RunState.PAUSED
    paused_at = steps_taken(theirs, run_id)
    wait_until(ours, run_id, lambda: steps_taken(ours, run_id) == paused_at)
    ours.step(run_id, "batch")
    wait_until(ours, run_id, lambda: steps_taken(ours, run_id) == paused_at + 1)
    ours.resume(run_id)
    wait_for(ours, run_id, RunState.RUNNING)
    ours.stop(run_id)
    wait_for(ours, run_id, RunState.STOPPED)
    assert theirs.info(run_id).state is RunState.STOPPED
    assert reported_losses(ours, run_id) == reported_losses(theirs, run_id)
    assert ours.timeline(run_id).views.keys() == theirs.timeline(run_id).views.keys()
    assert timeline.declared == theirs.timeline(run_id).declared
    unwatch()


def test_another_owner_and_another_name_reach_the_server_that_computes_a_run(open_server: Open) -> None:
    ours, theirs = open_server(), open_server()
    run_id = theirs.resolve(theirs.submit(endless(), owner="ada")).run_id
    wait_for_step(theirs, run_id, 1)
    ours.rename(run_id, "Deep one")
    ours.hand_over("ada", "bob")
    wait_until(theirs, run_id, lambda: (theirs.info(run_id).owner, theirs.info(run_id).given_name) == ("bob", "Deep one"))
    theirs.stop(run_id)
    wait_for(ours, run_id, RunState.STOPPED)
    assert (ours.info(run_id).owner, ours.info(run_id).given_name) == ("bob", "Deep one")
    assert run_id in theirs._live, "it remembers a run that has ended"
    ours.rename(run_id, "Flat one")
    ours.hand_over("bob", "ada")
    while (theirs.info(run_id).owner, theirs.info(run_id).given_name) != ("ada", "Flat one"):
        time.sleep(0.02)


def test_the_limit_of_an_owner_counts_the_runs_of_all_servers(open_server: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = open_server("ours"), open_server("theirs")
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_OWNER", "2")
    monkeypatch.setattr(run_limits, "runs", lambda: ours)
    limits, started = run_limits.RunLimits(), []
    going, paused, _other = (theirs.resolve(theirs.submit(endless(), owner=owner)).run_id for owner in ("ada", "ada", "bob"))

    def start() -> str:
        started.append(ours.resolve(ours.submit(endless(), owner="ada")).run_id)
        return started[-1]

    with pytest.raises(run_limits.RunLimitError, match="You have 2 runs"):
        limits.start(run_limits.Visitor("ada", ""), start)
    theirs.pause(paused)
    wait_for(ours, paused, RunState.PAUSED)
    limits.start(run_limits.Visitor("ada", ""), start)
    with pytest.raises(run_limits.RunLimitError, match="You have 2 runs"):
        limits.start(run_limits.Visitor("ada", ""), start)
    theirs.stop(going)
    wait_for(ours, going, RunState.STOPPED)
    assert (ours.unfinished_elsewhere("ada"), theirs.unfinished_elsewhere("ada"), ours.unfinished_elsewhere("")) == (0, 1, 0)


def test_the_disk_space_of_an_owner_counts_the_runs_of_all_servers(open_server: Open) -> None:
    """Those that have paused or ended."""
    ours, theirs = open_server("ours"), open_server("theirs")
    sizes = []
    for step, state in ((None, RunState.FINISHED), ("batch", RunState.PAUSED)):
        run_id = theirs.resolve(theirs.submit(circle(), step, owner="ada")).run_id
        directory = wait_for(ours, run_id, state).directory
        assert not directory.exists()
        sizes.append(folder_bytes(theirs.info(run_id).directory))
    assert min(sizes) > 1000
    assert ours.stored_bytes("ada") == theirs.stored_bytes("ada") == sum(sizes)
    assert ours.stored_bytes("bob") == 0


def test_commands_that_come_too_late_change_nothing(open_server: Open) -> None:
    ours, theirs = open_server(), open_server()
    run_id = submit(theirs, circle())
    wait_for(ours, run_id, RunState.FINISHED)
    for command in (ours.pause, ours.stop, ours.resume):
        command(run_id)
    ours._live.look()
    theirs._live.look()
    assert theirs.info(run_id).state is ours.info(run_id).state is RunState.FINISHED
    with pytest.raises(RunNotFound):
        ours.pause("w" + "A" * 22)


def test_a_command_right_after_another_one_is_not_lost(open_server: Open) -> None:
    """Resume, then Stop, while the database still says that the run has failed."""
    ours, theirs = open_server(), open_server()
    run_id = submit(theirs, endless())
    wait_for_step(theirs, run_id, 1)
    the_worker().kill()
    wait_for(ours, run_id, RunState.FAILED)
    ours.resume(run_id)
    ours.stop(run_id)
    wait_until(ours, run_id, lambda: ours.info(run_id).state is RunState.STOPPED)


def test_a_run_is_deleted_from_another_server(open_server: Open) -> None:
    ours, theirs = open_server("ours"), open_server("theirs")
    run_id = submit(theirs, endless())
    wait_for_step(ours, run_id, 1)
    directory = theirs.info(run_id).directory
    noticed = threading.Event()
    ours.watch(run_id, lambda: None if ours._records.archive.holds(run_id) else noticed.set())
    ours.delete(run_id)
    for runs in (ours, theirs):
        with pytest.raises(RunNotFound):
            runs.resolve(run_id)
    assert not directory.exists()
    assert noticed.wait(30), "who watches it learns that it is gone"


@contextmanager
def second_server(folder: Path, database: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server in another process, and the run that it trains."""
    command = [sys.executable, "-m", "tests.runs.second_server", str(folder), database]
    environment = os.environ | {"PLAYGROUND_DATA": str(folder)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def assert_as_without_interruption(runs: Runs, run_id: str) -> None:
    """The losses of an endless run, as far as it has come."""
    last = steps_taken(runs, run_id)
    expected = losses_of(list(itertools.takewhile(lambda event: getattr(event, "step", 0) <= last, train(endless()))))
    reported = {step: loss for step, loss in reported_losses(runs, run_id).items() if step in expected}
    assert len(reported) > 100
    assert reported == pytest.approx({step: expected[step] for step in reported}, rel=1e-6)


def test_two_processes(open_server: Open, database: str, tmp_path: Path) -> None:
    """The other one is killed while it trains, and the run goes on here."""
    ours = open_server()
    with second_server(tmp_path / "data", database) as (process, run_id):
        wait_for(ours, run_id, RunState.PAUSED)
        ours.step(run_id, "batch")
        wait_until(ours, run_id, lambda: ours.info(run_id).state is RunState.PAUSED and steps_taken(ours, run_id) == 251)
        ours.resume(run_id)
        wait_for(ours, run_id, RunState.RUNNING)
        assert run_id not in ours._live
        process.kill()
        wait_until(ours, run_id, lambda: run_id in ours._live and ours.info(run_id).state is RunState.RUNNING)
    wait_for_step(ours, run_id, steps_taken(ours, run_id) + 1000)
    ours.stop(run_id)
    wait_for(ours, run_id, RunState.STOPPED)
    assert_as_without_interruption(ours, run_id)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_only_one_server_continues_a_run(open_server: Open, database: str, tmp_path: Path) -> None:
    servers = [open_server(), open_server(), open_server()]
    with second_server(tmp_path / "data", database) as (process, run_id):
        servers[0].resume(run_id)
        wait_for(servers[0], run_id, RunState.RUNNING)
        process.kill()
        wait_until(servers[0], run_id, lambda: any(run_id in runs._live for runs in servers))
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda runs: runs._live._adopt(), servers))
    (owner,) = [runs for runs in servers if run_id in runs._live]
    wait_for(owner, run_id, RunState.RUNNING)
    owner.stop(run_id)
    wait_for(owner, run_id, RunState.STOPPED)
    assert owner._records.store.get(run_id).resumes <= 1  # type: ignore[union-attr]


def test_a_server_that_was_believed_gone_gives_its_run_up(open_server: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = open_server(), open_server()
    run_id = submit(theirs, endless())
    wait_for_step(ours, run_id, 1)
    opened = ours._records.open()
    monkeypatch.setattr(opened.servers, "is_gone", lambda name: name == theirs._records.server)
    while run_id not in ours._live:  # not while the other one just writes
        ours._live._adopt()
    wait_until(theirs, run_id, lambda: run_id not in theirs._live)
    wait_for_step(theirs, run_id, steps_taken(ours, run_id) + 1000)
    ours.stop(run_id)
    wait_until(theirs, run_id, lambda: theirs.info(run_id).state is RunState.STOPPED)
    assert_as_without_interruption(ours, run_id)


def test_the_runs_of_a_server_that_ends_go_on_at_another(open_server: Open) -> None:
    ours, theirs = open_server(), open_server()
    training, paused = submit(theirs, endless()), submit(theirs, circle(), step="batch")
    wait_for_step(ours, training, 50)
    wait_for(ours, paused, RunState.PAUSED)
    theirs.close()
    wait_until(ours, training, lambda: training in ours._live and ours.info(training).state is RunState.RUNNING)
    assert ours.info(paused).state is RunState.PAUSED
    ours.resume(paused)
    wait_for(ours, paused, RunState.FINISHED)
    assert reported_losses(ours, paused) == pytest.approx(losses_of(list(train(circle()))), rel=1e-6)
    ours.stop(training)
    wait_for(ours, training, RunState.STOPPED)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_database_goes_away_and_comes_back(open_server: Open, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = open_server(), open_server()
    run_id, other = submit(theirs, endless()), submit(theirs, circle(), step="batch")
    wait_for_step(ours, run_id, 1)
    postgresql.stop()
    try:
        before = steps_taken(theirs, run_id)
        wait_for_step(theirs, run_id, before + 1000)
        theirs.resume(other)
        wait_for(theirs, other, RunState.FINISHED)
        with pytest.raises(StoreError, match=r"check that it is running and can be reached$"):
            ours.info(run_id)
        with pytest.raises(StoreError, match=r"check that it is running and can be reached$"):
            theirs.submit(circle())
        while "Storing runs: not possible at the moment" not in caplog.text:
            time.sleep(0.02)
    finally:
        postgresql.start()
    wait_for(ours, other, RunState.FINISHED)
    wait_for_step(ours, run_id, before + 1000)
    assert run_id in theirs._live, "nobody has taken it over"
    ours.stop(run_id)
    wait_for(ours, run_id, RunState.STOPPED)
    assert caplog.text.count("Storing runs: not possible") <= 2, "each server says it once"
    assert reported_losses(ours, other) == pytest.approx(losses_of(list(train(circle()))), rel=1e-6)
