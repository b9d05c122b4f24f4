"""More runs than slots, in real worker processes: all of them move."""

import threading
from collections.abc import Callable, Iterator

import pytest

from playground.runs import Runs, RunState
from playground.training import train
from tests.runs.experiments import (
    circle,
    digits,
    endless,
    losses_of,
    reported_losses,
    steps_taken,
    submit,
    wait_for,
    wait_for_step,
    wait_until,
)


@pytest.fixture
def one_slot(open_one_slot: Callable[..., Runs]) -> Runs:
    return open_one_slot()


@pytest.fixture
def two_endless(one_slot: Runs) -> Iterator[tuple[str, str]]:
    """Two runs that take turns, and end with the test."""
    first, second = submit(one_slot, endless()), submit(one_slot, endless())
    wait_for_step(one_slot, first, 1)
    wait_for_step(one_slot, second, 1)
    yield first, second
    for run_id in (first, second):
        one_slot.stop(run_id)
        wait_for(one_slot, run_id, RunState.STOPPED)


def computing(runs: Runs) -> frozenset[str]:
    return runs._live._computing.sharing._share.computing


def wait_for_turn(runs: Runs, run_id: str) -> None:
    wait_until(runs, run_id, lambda: computing(runs) == {run_id})


def test_all_runs_move_and_stay_training(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs, states = one_slot, set()
    for _ in range(3):
        for run_id in two_endless:
            before = steps_taken(runs, run_id)
            wait_until(runs, run_id, lambda run_id=run_id, before=before: steps_taken(runs, run_id) > before + 50)
            states |= {runs.info(each).state for each in two_endless}
            assert len(computing(runs)) <= 1
            assert [runs.status(each)["turns_with"] for each in two_endless] == [1, 1]
            assert [runs.status(each)["queue_position"] for each in two_endless] == [None, None]
    assert states == {RunState.RUNNING}


def test_losses_do_not_depend_on_turns(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs, spec = one_slot, digits(epochs=30)
    run_id = submit(runs, spec)
    turns, other = set[int](), two_endless[0]
    runs.watch(run_id, lambda: turns.add(steps_taken(runs, other)))
    wait_for(runs, run_id, RunState.FINISHED)
    assert len(turns) > 2, "others must have computed meanwhile"
    assert reported_losses(runs, run_id) == pytest.approx(losses_of(list(train(spec))), rel=1e-6)


def test_the_owner_of_a_resting_run_need_not_wait(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs, (resting, other) = one_slot, two_endless
    wait_for_turn(runs, other)
    runs.pause(resting)
    assert runs.info(resting).state is RunState.PAUSED
    paused_at = steps_taken(runs, resting)
    runs.step(resting, "batch")
    wait_until(runs, resting, lambda: runs.info(resting).state is RunState.PAUSED)
    assert steps_taken(runs, resting) == paused_at + 1
    runs.step(resting, "epoch")
    wait_until(runs, resting, lambda: runs.info(resting).state is RunState.PAUSED)
    assert steps_taken(runs, resting) == (paused_at + 1) // 250 * 250 + 250
    runs.resume(resting)
    wait_for(runs, resting, RunState.RUNNING)

    wait_for_turn(runs, other)
    before = steps_taken(runs, resting)
    runs.step(resting, "batch")
    wait_for(runs, resting, RunState.PAUSED)
    assert steps_taken(runs, resting) == before + 1


def test_a_resting_run_can_be_stopped(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs, (resting, other) = one_slot, two_endless
    wait_for_turn(runs, other)
    step = steps_taken(runs, resting)
    runs.stop(resting)
    wait_for(runs, resting, RunState.STOPPED)
    assert runs.status(resting)["evaluated_step"] == runs.status(resting)["step"] == step
    assert runs.load(resting).step == step
    wait_until(runs, other, lambda: runs.status(other)["turns_with"] == 0)


def test_an_epoch_as_a_single_step_takes_turns(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs = one_slot
    spec = endless().model_copy(update={"data": endless().data.model_copy(update={"samples": 3_000})})
    training = spec.training.model_copy(update={"batch_size": 1})
    run_id = submit(runs, spec.model_copy(update={"training": training}), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    assert steps_taken(runs, run_id) == runs.status(run_id)["steps_per_epoch"]
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_a_run_that_waits_knows_its_position(one_slot: Runs) -> None:
    """While the only slot is taken by a run that has not shown anything yet."""
    runs = one_slot
    first, second, third = (submit(runs, endless()) for _ in range(3))
    assert runs.status(first)["queue_position"] is None
    waiting = [(runs.status(run_id)["state"], runs.status(run_id)["queue_position"]) for run_id in (second, third)]
    assert waiting in ([("queued", 1), ("queued", 2)], [("starting", None), ("queued", 1)])
    assert runs.status(third)["starts_in"] > 0
    moved = threading.Event()
    runs.watch(third, moved.set)
    runs.pause(third)
    assert runs.info(third).state is RunState.PAUSED
    assert moved.wait(30)
    runs.stop(third)
    assert runs.info(third).message == "Stopped before its first step."
    for run_id in (first, second):
        runs.stop(run_id)
        wait_for(runs, run_id, RunState.STOPPED)


def test_a_run_paused_before_its_first_step_can_go_on(one_slot: Runs, two_endless: tuple[str, str]) -> None:
    runs = one_slot
    with runs._live._lock:  # nobody gets a turn meanwhile
        run_id = submit(runs, circle())
        runs.pause(run_id)
    assert (runs.info(run_id).state, steps_taken(runs, run_id)) == (RunState.PAUSED, 0)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
