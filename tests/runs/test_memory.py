"""More runs than fit into memory, and runs that nobody watches."""

from collections.abc import Callable

import psutil
import pytest

from playground.runs import Runs, RunState
from playground.training import train
from tests.runs.experiments import (
    circle,
    endless,
    losses_of,
    reported_losses,
    steps_taken,
    submit,
    wait_for,
    wait_for_step,
    wait_until,
    workers,
)


def test_runs_that_do_not_fit_into_memory_take_turns_all_the_same(open_one_slot: Callable[..., Runs]) -> None:
    runs, spec = open_one_slot(sessions=2), circle(epochs=60)
    others = [submit(runs, endless()) for _ in range(2)]
    run_id = submit(runs, spec)
    most = list[int]()
    runs.watch(run_id, lambda: most.append(len([run for run in runs._live._runs.values() if run.attended])))
    for other in others:
        before = steps_taken(runs, other)
        wait_until(runs, other, lambda other=other, before=before: steps_taken(runs, other) > before)
        assert runs.info(other).state in (RunState.QUEUED, RunState.STARTING, RunState.RUNNING)
    wait_for(runs, run_id, RunState.FINISHED)
    assert max(most) <= 2
    reported, expected = reported_losses(runs, run_id), losses_of(list(train(spec)))
    assert reported == pytest.approx({step: expected[step] for step in reported}, rel=1e-6)
    for other in others:
        runs.stop(other)
        wait_for(runs, other, RunState.STOPPED)


def test_a_paused_run_leaves_memory_when_others_need_it(open_one_slot: Callable[..., Runs]) -> None:
    runs = open_one_slot(sessions=2)
    watched, forgotten = submit(runs, circle(), step="batch"), submit(runs, circle(), step="batch")
    runs.watch(watched, lambda: None)
    for run_id in (watched, forgotten):
        wait_for(runs, run_id, RunState.PAUSED)
    third = submit(runs, circle())
    wait_for(runs, third, RunState.FINISHED)
    assert runs.info(watched).state is runs.info(forgotten).state is RunState.PAUSED
    assert (runs._live._runs[watched].attended, runs._live._runs[forgotten].attended) == (True, False)
    runs.resume(forgotten)
    wait_for(runs, forgotten, RunState.FINISHED)
    assert reported_losses(runs, forgotten) == pytest.approx(losses_of(list(train(circle()))), rel=1e-6)
    runs.stop(watched)
    wait_for(runs, watched, RunState.STOPPED)


def test_an_unwatched_run_gives_way_and_goes_on_when_somebody_watches(open_one_slot: Callable[..., Runs]) -> None:
    runs = open_one_slot(unwatched_seconds=0.0)
    first = submit(runs, endless())
    wait_for_step(runs, first, 10)
    run = runs._live._runs[first]
    assert not runs.status(first)["turns_with"], "nobody else waits: it goes on"
    second = submit(runs, endless())
    unwatch = runs.watch(second, lambda: None).end
    wait_until(runs, second, lambda: runs._live._computing.sharing.waits(run))
    assert runs.info(first).state is RunState.RUNNING
    assert runs.status(first)["gives_way"]
    stood_at = steps_taken(runs, first)
    before = steps_taken(runs, second)
    wait_until(runs, second, lambda: steps_taken(runs, second) > before + 2000)
    assert steps_taken(runs, first) == stood_at
    wait_for_step(runs, first, stood_at + 1)  # watches it
    unwatch()
    for run_id in (first, second):
        runs.stop(run_id)
        wait_for(runs, run_id, RunState.STOPPED)


def test_workers_yield_to_the_server(open_one_slot: Callable[..., Runs]) -> None:
    runs = open_one_slot()
    run_id = submit(runs, circle(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    (worker,) = workers()
    assert worker.nice() > psutil.Process().nice()
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_a_run_that_is_stopped_while_it_leaves_memory_has_ended(open_one_slot: Callable[..., Runs]) -> None:
    runs = open_one_slot()
    run_id, other = submit(runs, endless()), submit(runs, endless())
    run = runs._live._runs[run_id]
    wait_for_step(runs, run_id, 1)
    wait_until(runs, other, lambda: runs._live._computing.sharing.waits(run))
    with runs._live._lock:
        run.leave()
        runs._live._computing.sharing.leaves(run)
        runs.stop(run_id)
    info = wait_for(runs, run_id, RunState.STOPPED)
    assert info.message == ""
    assert runs.load(run_id).step > 0
    runs.stop(other)
    wait_for(runs, other, RunState.STOPPED)
