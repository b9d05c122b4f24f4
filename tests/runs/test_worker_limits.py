"""What one run may take at most: each limit ends the run in plain words, and names who can raise it."""

import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from playground.catalog.layers import Dense, Output, ReLU
from playground.runs import Runs, RunState, exit_reasons, worker_limits
from playground.runs.worker_limits import WorkerLimitError, memory_limited
from playground.spec import StopConditions
from tests.runs.experiments import circle, endless, submit, the_worker, wait_for, wait_for_step

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system has no such limit")
LARGE = circle(epochs=1).model_copy(update={"network": (Dense(units=3000), ReLU(), Dense(units=3000), Output())})
"""Its weights, gradients and momentum need 110 MB."""


@needs_linux
def test_a_run_that_needs_too_much_memory_fails_and_says_so(open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = open_runs()
    monkeypatch.setenv("PLAYGROUND_RUN_MEMORY_BYTES", "60_000_000")
    info = wait_for(runs, submit(runs, LARGE), RunState.REFUSED)
    assert info.message == (
        "This run needs more than 60 MB of memory, the limit for one run. The operator of this server can allow more: "
        "PLAYGROUND_RUN_MEMORY_BYTES."
    )
    assert "smaller batch size" in info.advice[0]
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)
    monkeypatch.setenv("PLAYGROUND_RUN_MEMORY_BYTES", "0")
    wait_for(runs, submit(runs, LARGE), RunState.FINISHED)


@needs_linux
def test_the_limit_ends_with_the_run_and_other_errors_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_RUN_MEMORY_BYTES", "10_000_000")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    for allocate in (lambda: torch.empty(200_000_000, dtype=torch.uint8), lambda: bytearray(200_000_000)):
        with pytest.raises(WorkerLimitError), memory_limited(circle()):
            allocate()
    with pytest.raises(RuntimeError, match="something else"), memory_limited(circle()):
        raise RuntimeError("something else")
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_gpu_run_has_no_such_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its driver reserves addresses for all memory of the machine and the GPU."""
    monkeypatch.setenv("PLAYGROUND_RUN_MEMORY_BYTES", "10_000_000")
    monkeypatch.setattr(worker_limits, "pick_device", lambda choice: torch.device("cuda"))
    with memory_limited(circle()):
        assert len(bytearray(200_000_000)) == 200_000_000


def test_a_run_ends_when_its_time_is_over_with_what_it_has_learned(open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = open_runs()
    monkeypatch.setenv("PLAYGROUND_RUN_SECONDS", "0.3")
    run_id = submit(runs, endless())
    info = wait_for(runs, run_id, RunState.FINISHED)
    assert "PLAYGROUND_RUN_SECONDS" in info.message
    assert runs.load(run_id).step > 0
    own_limit = circle(epochs=1000, stop=StopConditions(seconds=0.1))
    assert wait_for(runs, submit(runs, own_limit), RunState.FINISHED).message == "Ended early: the time limit was reached."


def test_the_work_of_all_steps_has_a_limit(open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two inputs, 4 units and an output: 24 operations forward per example, three times that for a step; 250 examples, 4 epochs."""
    runs = open_runs()
    spec = circle(epochs=4)
    monkeypatch.setenv("PLAYGROUND_RUN_FLOPS", "71_999")
    run_id = submit(runs, spec)
    info = wait_for(runs, run_id, RunState.REFUSED)
    assert info.message.startswith("This run needs about 72 kFLOPs for 100 steps; the limit for one run is 72 kFLOPs.")
    assert "The operator of this server can allow more: PLAYGROUND_RUN_FLOPS" in info.message
    runs.resume(run_id)
    assert runs.info(run_id).state is RunState.REFUSED, "it would end in the same way"
    monkeypatch.setenv("PLAYGROUND_RUN_FLOPS", "72_000")
    wait_for(runs, submit(runs, spec), RunState.FINISHED)


@pytest.mark.parametrize(("kills", "words"), [(3, "killed from outside"), (4, "killed (signal 9), because the computer ran out of memory")])
def test_what_the_system_ended_for_want_of_memory_is_told_from_what_somebody_killed(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int, words: str
) -> None:
    counter = tmp_path / "memory.events"
    counter.write_text("oom 0\noom_kill 3\n")
    monkeypatch.setattr(exit_reasons, "_KILLS", (counter, tmp_path / "missing"))
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 10)
    counter.write_text(f"oom 0\noom_kill {kills}\n")
    worker = the_worker()
    assert Path(f"/proc/{worker.pid}/oom_score_adj").read_text().strip() == "500"
    worker.kill()
    assert words in wait_for(runs, run_id, RunState.FAILED).message
