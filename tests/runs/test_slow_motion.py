"""Runs in slow motion: as fast as they should be, obedient at once, and out of the way of others."""

import math
import time
from collections.abc import Callable

import pytest

from playground.runs import Runs, RunState
from tests.runs.experiments import circle, endless, steps_taken, submit, wait_for, wait_for_step, wait_until


def test_a_slow_run_takes_its_steps_one_by_one_and_follows_commands_at_once(runs: Runs) -> None:
    run_id = submit(runs, endless(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.set_speed(run_id, 1)
    runs.resume(run_id)
    wait_for_step(runs, run_id, 3)
    assert runs.info(run_id).state is RunState.RUNNING
    assert runs.status(run_id)["seconds_left"] > 200_000  # of 250,000 steps, one a second
    began = time.monotonic()
    runs.pause(run_id)
    wait_for(runs, run_id, RunState.PAUSED)
    assert time.monotonic() - began < 0.6
    paused_at = steps_taken(runs, run_id)
    time.sleep(1.2)
    assert steps_taken(runs, run_id) == paused_at

    runs.resume(run_id)
    wait_for_step(runs, run_id, paused_at + 2)
    began = time.monotonic()
    runs.set_speed(run_id, math.inf)
    wait_for_step(runs, run_id, paused_at + 200)
    runs.set_speed(run_id, 1)
    time.sleep(0.3)
    slow_at = steps_taken(runs, run_id)
    time.sleep(1.0)
    assert steps_taken(runs, run_id) - slow_at <= 3
    began = time.monotonic()
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    assert time.monotonic() - began < 1.0


def test_ten_steps_a_second_are_about_that(runs: Runs) -> None:
    run_id = submit(runs, endless(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.set_speed(run_id, 10)
    runs.resume(run_id)
    wait_for_step(runs, run_id, 4)
    before = steps_taken(runs, run_id)
    time.sleep(2.0)
    assert 8 <= steps_taken(runs, run_id) - before <= 22
    runs.stop(run_id)


def test_others_compute_while_it_waits_for_its_next_step(open_one_slot: Callable[..., Runs]) -> None:
    runs = open_one_slot()
    slow = submit(runs, endless(), step="batch", owner="a")
    wait_for(runs, slow, RunState.PAUSED)
    runs.set_speed(slow, 1)
    runs.resume(slow)
    wait_for_step(runs, slow, 3)
    other = submit(runs, circle(1000), owner="b")
    wait_until(runs, other, lambda: steps_taken(runs, other) > 0)
    before, slow_before = steps_taken(runs, other), steps_taken(runs, slow)
    spent = runs.status(other)["seconds"]
    time.sleep(2.0)
    assert steps_taken(runs, slow) - slow_before in (1, 2, 3)
    assert runs.info(other).state.ended or steps_taken(runs, other) > before
    assert runs.info(other).state.ended or runs.status(other)["seconds"] - spent > 1.0  # of two: the other run does not get half of them
    runs.stop(slow)
    runs.stop(other)


def test_a_speed_that_is_none(runs: Runs) -> None:
    run_id = submit(runs, circle(1), step="batch")
    for speed in (0, -1, math.nan):
        with pytest.raises(ValueError, match="must be more than 0"):
            runs.set_speed(run_id, speed)
    runs.stop(run_id)
