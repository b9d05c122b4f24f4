"""SIGTERM to a server with eight runs in progress: it ends by itself, and every run goes on from a checkpoint."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playground.runs import Runs, RunState
from playground.runs.directory import RunDirectory
from tests.runs.experiments import steps_taken, wait_until

ROOT = Path(__file__).resolve().parents[2]
RUNS = 8
SERVER = f"""
import threading

import uvicorn

from app import app
from playground.web.server import runs
from tests.runs.experiments import endless, submit, wait_for_step

def press():
    for run_id in [submit(runs(), endless()) for _ in range({RUNS})]:
        wait_for_step(runs(), run_id, 1)
        print(run_id, flush=True)

threading.Thread(target=press).start()
uvicorn.run(app, port=0, log_level="warning")
"""
"""The real app under the server that Streamlit starts, with {RUNS} people who press Train."""


@pytest.mark.timeout(180)
def test_it_ends_by_itself_with_a_checkpoint_of_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PLAYGROUND_PARALLEL_RUNS": str(RUNS)}
    process = subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        run_ids = [process.stdout.readline().strip() for _ in range(RUNS)]
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert status in (0, -signal.SIGTERM), "after nine seconds it would have ended itself with another status (`closing.py`)"

    runs = Runs(tmp_path, 1)
    try:
        for run_id in run_ids:
            directory = tmp_path / "runs" / run_id
            assert runs.info(run_id).state is RunState.INTERRUPTED
            assert RunDirectory(directory).checkpoint() is not None
            assert [file.name for file in directory.iterdir() if file.name.endswith(".part")] == []
        before = steps_taken(runs, run_ids[-1])
        runs.resume(run_ids[-1])
        wait_until(runs, run_ids[-1], lambda: steps_taken(runs, run_ids[-1]) > before)
        assert before > 0
    finally:
        runs.close()
