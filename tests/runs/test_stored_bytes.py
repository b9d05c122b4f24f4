"""Disk space of an owner: their runs and their uploads, each file once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.uploads import Upload, store_upload
from playground.runs import Runs, RunState, stored_bytes
from tests.runs.experiments import circle, submit, wait_for


@pytest.fixture(autouse=True)
def _measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_bytes, "_KNOWN_SECONDS", 0.0)


def on_disk(folder: Path) -> int:
    return sum({file.stat().st_ino: file.stat().st_size for file in folder.rglob("*") if file.is_file()}.values())


def test_runs_and_uploads_count_once_and_not_those_of_others(open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = open_runs()
    mine = [submit(runs, circle(), owner="ada") for _ in range(2)]
    theirs = submit(runs, circle(), owner="bob")
    directories = {run_id: wait_for(runs, run_id, RunState.FINISHED).directory for run_id in (*mine, theirs)}
    monkeypatch.setenv("PLAYGROUND_DATA", str(directories[theirs].parent.parent))
    uploaded = Upload(np.zeros((100, 3), np.float32), np.arange(100) % 2, {"family": "table"})
    key = store_upload(uploaded)
    for owner in ("ada", "bob"):
        runs.access.claim(key, owner)
    upload = on_disk(directories[theirs].parent.parent / "uploads" / key)
    assert upload > uploaded.inputs.nbytes
    assert runs.stored_bytes("ada") == sum(on_disk(directories[run_id]) for run_id in mine) + upload
    assert runs.stored_bytes("bob") == on_disk(directories[theirs]) + upload
    assert runs.stored_bytes("") == runs.stored_bytes("nobody") == 0


def test_space_is_free_again_when_a_run_was_deleted(open_runs: Callable[..., Runs]) -> None:
    runs = open_runs()
    first, second = (submit(runs, circle(), owner="ada") for _ in range(2))
    for run_id in (first, second):
        wait_for(runs, run_id, RunState.FINISHED)
    both = runs.stored_bytes("ada")
    runs.delete(first)
    assert 0 < runs.stored_bytes("ada") < both
