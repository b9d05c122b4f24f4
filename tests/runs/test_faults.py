"""What may happen to a server's disk and database: nothing ends a run that could go on, nothing is damaged, and what is lost is said."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playground.runs import Runs, RunState
from tests.runs.experiments import circle, submit, wait_for

ROOT = Path(__file__).resolve().parents[2]
FULL_DISK = """
import json, resource, sys
from pathlib import Path
from playground.runs import Runs, RunState
from playground.runs.run_error import RunError
from playground.runs.database import StoreError
from tests.runs.experiments import circle, submit, wait_for, wait_for_step

def limit(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

runs, found = Runs(Path(sys.argv[1]), 2), {}
run_id = submit(runs, circle(epochs=200), step="batch")
wait_for(runs, run_id, RunState.PAUSED)
limit(0)  # no file can grow any longer
runs.resume(run_id)
info = wait_for(runs, run_id, RunState.FINISHED)
found["finished"] = info.message
found["step"] = runs.status(run_id)["step"]
try:
    runs.submit(circle())
except (RunError, StoreError) as error:
    found["refused"] = str(error)
limit(resource.RLIM_INFINITY)
another = submit(runs, circle())
wait_for(runs, another, RunState.FINISHED)
runs.close()
again = Runs(Path(sys.argv[1]), 2)
found["kept"] = {each: again.info(each).state.value for each in (run_id, another)}
found["rows"] = len(again.timeline(run_id).delta(None)[0]["series"]["batch"]["step"])
again.close()
print(json.dumps(found), flush=True)
"""
SECOND_SERVER = """
import sys
from pathlib import Path
from playground.runs import Runs, RunState
from tests.runs.experiments import circle, submit, wait_for

runs = Runs(Path(sys.argv[1]), 2)
print("ready", flush=True)
for run_id in [submit(runs, circle(epochs=20)) for _ in range(4)]:
    wait_for(runs, run_id, RunState.FINISHED)
    print(run_id, flush=True)
runs.close()
"""


def python(script: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PLAYGROUND_DATA": str(folder)},
    )


def test_on_a_full_disk_a_run_trains_to_its_end_and_is_stored_when_there_is_space(tmp_path: Path) -> None:
    """No file can grow: as when the disk is full, for this one process."""
    with python(FULL_DISK, tmp_path) as server:
        assert server.stdout is not None
        found: dict[str, Any] = json.loads(server.stdout.read())
    assert found["finished"].startswith("It could not be saved")
    assert found["step"] == 200 * 25
    assert "cannot be" in found["refused"]
    assert set(found["kept"].values()) == {"finished"}
    assert found["rows"] > 10


def test_two_servers_on_one_sqlite_file_damage_nothing(open_runs: Callable[..., Runs], tmp_path: Path) -> None:
    with python(SECOND_SERVER, tmp_path) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        runs = open_runs()
        mine = [submit(runs, circle(epochs=20)) for _ in range(4)]
        for run_id in mine:
            wait_for(runs, run_id, RunState.FINISHED)
        theirs = server.stdout.read().split()
    assert len(theirs) == 4
    runs.close()
    again = open_runs()
    assert {again.info(run_id).state for run_id in (*mine, *theirs)} == {RunState.FINISHED}
    assert all(len(again.timeline(run_id).delta(None)[0]["series"]["batch"]["step"]) > 1 for run_id in (*mine, *theirs))
    (database,) = tmp_path.glob("*.db")
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
