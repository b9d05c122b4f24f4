"""Unwanted endings: killed workers, a server that stops or is killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from playground.runs import Runs, RunState
from playground.runs.directory import load_run
from playground.runs.executor import Ended
from playground.runs.exit_reasons import exit_reason, was_terminated
from playground.runs.history import steps
from playground.runs.messages import Job
from playground.training import train
from tests.runs.conftest import opening
from tests.runs.experiments import (
    circle,
    digits,
    endless,
    losses_of,
    reported_losses,
    submit,
    the_worker,
    wait_for,
    wait_for_step,
    workers,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_runs(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Runs]]:
    """With processes that end with them."""
    with opening(tmp_path) as open_:
        yield open_


def test_a_killed_worker_fails_its_run_with_the_reason_and_the_next_one_works(runs: Runs) -> None:
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 10)
    the_worker().kill()
    info = wait_for(runs, run_id, RunState.FAILED)
    assert info.message.startswith("The training process was killed")
    assert runs.load(run_id).step >= 0
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)


def test_workers_ignore_ctrl_c(runs: Runs) -> None:
    run_id = submit(runs, circle(epochs=100), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    the_worker().send_signal(signal.SIGINT)
    for fork_server in psutil.Process().children():
        fork_server.send_signal(signal.SIGINT)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)


def test_the_fork_server_has_one_thread(runs: Runs) -> None:
    """A fork copies only one thread: locks held by other threads would stay locked."""
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)
    (fork_server,) = psutil.Process().children()
    assert fork_server.num_threads() == 1


def test_a_killed_fork_server_is_restarted(runs: Runs) -> None:
    run_id = submit(runs, circle(epochs=100), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    (fork_server,) = psutil.Process().children()
    fork_server.kill()
    fork_server.wait(30)
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)


def test_a_fork_server_that_does_not_start_fails_the_run(open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.fork_server._START", "playground.runs.no_such_module")
    runs = open_runs()
    info = wait_for(runs, submit(runs, circle()), RunState.FAILED)
    assert info.message.startswith("The training process could not be started")


def test_without_fork_a_run_fails_with_the_reason(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    runs = Runs(folder, parallel=1)
    try:
        info = wait_for(runs, submit(runs, circle()), RunState.FAILED)
        assert info.message.startswith("The training process could not be started: training in worker processes needs Linux or macOS")
    finally:
        runs.close()


def test_runs_leave_no_processes_files_or_threads_behind(runs: Runs) -> None:
    def use() -> tuple[set[str], set[threading.Thread]]:
        for spec in (circle(), digits(epochs=1)):
            wait_for(runs, submit(runs, spec), RunState.FINISHED)
        psutil.wait_procs(workers(), timeout=30)
        for thread in threading.enumerate():
            if thread.name.startswith("run "):
                thread.join(30)
        return open_files(), set(threading.enumerate())

    use()
    files, threads = use()
    for _ in range(3):
        later_files, later_threads = use()
    assert workers() == []
    assert later_files <= files  # what earlier tests left behind may be closed meanwhile
    assert later_threads <= threads


def open_files() -> set[str]:
    """The open files of this process: paths, and pipes and sockets by their unique numbers."""
    names = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the descriptor of this very list
            names.add(str(link.readlink()))
    return names


def test_close_marks_all_runs_that_were_not_paused(open_runs: Callable[..., Runs]) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    runs = open_runs(parallel=2)
    training, paused = submit(runs, endless()), submit(runs, circle(), step="batch")
    wait_for_step(runs, training, 10)
    wait_for(runs, paused, RunState.PAUSED)
    second = submit(runs, endless())
    wait_for_step(runs, second, 1)
    runs.close()
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    with pytest.raises(RuntimeError, match="closing"):
        runs.submit(circle())

    again = open_runs()
    assert again.info(paused).state is RunState.PAUSED
    for run_id in (training, second):
        info = again.info(run_id)
        assert info.state is RunState.INTERRUPTED
        assert "was training" in info.message
    assert again.load(training).step >= 1
    assert again.load(paused).step == 1
    assert reported_losses(again, training)


class NeverRests:
    """An executor with one session, which takes no turns: it computes until it has to leave."""

    def __init__(self) -> None:
        self._leaves = threading.Event()

    def start(self) -> None: ...

    def run(self, job: Job) -> "NeverRests":
        return self

    def close(self) -> None: ...

    def send(self, message: object) -> None: ...

    def messages(self) -> Iterator[Ended]:
        self._leaves.wait()
        yield Ended("", left=True)

    def leave(self) -> None:
        self._leaves.set()

    def kill(self) -> None:
        self._leaves.set()


def test_close_marks_runs_that_wait_for_their_turn(open_runs: Callable[..., Runs], tmp_path: Path) -> None:
    runs = Runs(tmp_path, 1, executor=NeverRests())
    training, waiting = submit(runs, endless()), submit(runs, circle())
    assert runs.info(waiting).state is RunState.QUEUED
    runs.close()

    again = open_runs()
    for run_id, what in {training: "was training", waiting: "was waiting"}.items():
        assert again.info(run_id).state is RunState.INTERRUPTED
        assert what in again.info(run_id).message


def test_finished_runs_survive_a_restart(open_runs: Callable[..., Runs]) -> None:
    spec, runs = digits(), open_runs()
    control = runs.submit(spec)
    run_id = runs.resolve(control).run_id
    wait_for(runs, run_id, RunState.FINISHED)
    status, info, views = runs.status(run_id), runs.info(run_id), runs.timeline(run_id).views
    history, _ = runs.timeline(run_id).delta(None)
    earlier = steps(info.directory)
    runs.close()

    again = open_runs()
    assert again.resolve(control).control
    assert again.info(run_id) == info
    assert again.status(run_id) == status
    assert reported_losses(again, run_id) == pytest.approx(losses_of(list(train(spec))), rel=1e-6)
    assert again.timeline(run_id).delta(None)[0] == history
    kept = again.timeline(run_id).views
    assert set(kept) == set(views) >= {"confusion", "network"}
    assert (kept["confusion"].values == views["confusion"].values).all()
    assert steps(again.info(run_id).directory) == earlier
    assert load_run(again.info(run_id).directory, earlier[0]).step == earlier[0] < status["step"]
    assert again.watch(run_id, lambda: None).end() is None
    again.resume(run_id)
    assert again.info(run_id).state is RunState.FINISHED


SERVER = """
import sys
print("begun", flush=True)
from pathlib import Path
from playground.runs import Runs
from tests.runs.experiments import endless, submit, wait_for_step

runs = Runs(Path(sys.argv[1]), 1)
run_id, waiting = submit(runs, endless()), submit(runs, endless())
wait_for_step(runs, run_id, 50)
print(run_id, waiting, flush=True)
sys.stdin.read()
"""


def test_a_killed_server_leaves_no_workers_and_the_next_one_marks_its_runs(open_runs: Callable[..., Runs], tmp_path: Path) -> None:
    """Its script has no guard for `__main__`, like the pages of Streamlit, and is started in another folder: it must run once."""
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "begun\n"
        running, waiting = server.stdout.readline().split()
        processes = psutil.Process(server.pid).children(recursive=True)
        assert len(processes) >= 2, "the fork server and the workers"
        runs = open_runs()
        assert runs.info(running).state in (RunState.STARTING, RunState.RUNNING), "another server's run must not be interrupted"
        server.kill()
        assert server.stdout.read() == ""
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert alive == []

    again = open_runs()
    for run_id in (running, waiting):
        assert again.info(run_id).state is RunState.INTERRUPTED
        assert "stopped or restarted before this run had ended" in again.info(run_id).message
    assert again.load(running).step >= 0


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (-9, "killed (signal 9), most likely because the computer ran out of memory"),
        (-11, "crashed (signal 11, segmentation fault)"),
        (-6, "crashed (signal 6, aborted)"),
        (-15, "terminated from outside (signal 15, terminated)"),
        (-63, "crashed (signal 63"),
        (3, "ended without a result (exit status 3)"),
        (0, "ended without a result (exit status 0)"),
        (None, "for an unknown reason"),
    ],
)
def test_every_exit_code_is_explained(exit_code: int | None, words: str) -> None:
    assert words in exit_reason(exit_code)[0]
    assert was_terminated(exit_code) == (exit_code == -15)
