"""Runs in a storage: their files reach another server that shares the database, and go when a run is deleted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.artifacts import storage as storage_module
from playground.artifacts.copies import carry_out, pending
from playground.artifacts.storage import StorageError
from playground.artifacts.uploads import Upload, is_stored, store_upload, upload_bytes
from playground.runs import Runs, RunState
from playground.runs.retention import Limits
from playground.runs.run_error import RunError
from tests.runs.experiments import circle, endless, submit, wait_for, wait_for_step
from tests.runs.in_this_process import Threads


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Runs]]:
    """Starts a server with a data folder of its own; all share the database and the storage."""
    opened: list[Runs] = []

    def start(name: str) -> Runs:
        monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / name))
        monkeypatch.setenv("PLAYGROUND_STORAGE", f"file://{tmp_path}/remote")
        storage_module._missing.clear()
        opened.append(Runs(tmp_path / name, 1, f"sqlite:///{tmp_path / 'shared.db'}", Threads()))
        return opened[-1]

    yield start
    for runs in opened:
        runs.close()


def test_another_server_has_the_weights_of_a_run(server: Callable[[str], Runs], tmp_path: Path) -> None:
    runs = server("one")
    run_id = submit(runs, circle())
    wait_for(runs, run_id, RunState.FINISHED)
    runs.close()
    assert pending("runs") == {run_id}
    carry_out()
    expected = (tmp_path / "one" / "runs" / run_id / "model.safetensors").read_bytes()
    other = server("two")
    loaded = other.load(run_id)
    assert (tmp_path / "two" / "runs" / run_id / "model.safetensors").read_bytes() == expected
    assert (loaded.spec.network, loaded.spec.data) == (circle().network, circle().data)
    assert all(torch.isfinite(tensor).all() for tensor in loaded.model.state_dict().values())
    other.delete(run_id)
    carry_out()
    assert not list((tmp_path / "remote" / "runs").iterdir())


def test_data_that_is_given_up_on_one_server_goes_from_all(server: Callable[[str], Runs], tmp_path: Path) -> None:
    uploaded = Upload(np.zeros((100, 3), np.float32), np.arange(100) % 2, {"family": "table"})
    runs = server("one")
    key = store_upload(uploaded)
    runs.access.claim(key, "ada", upload_bytes(key))
    carry_out()
    copies = [tmp_path / name / "uploads" / key for name in ("one", "two", "remote")]
    other = server("two")
    assert other.stored_bytes("ada") == runs.stored_bytes("ada") > uploaded.inputs.nbytes
    assert is_stored(key)
    assert all(copy.is_dir() for copy in copies)
    other.delete_all("ada")
    carry_out()
    assert [copy.exists() for copy in copies] == [True, False, False]
    assert not other.access.may_read(key, "eve")
    server("one").tidy(Limits(10**9, 0, 3))
    assert not any(copy.exists() for copy in copies)


def test_data_that_was_given_up_and_uploaded_again_stays(server: Callable[[str], Runs]) -> None:
    runs = server("one")
    key = store_upload(Upload(np.zeros((100, 3), np.float32), np.arange(100) % 2, {"family": "table"}))
    runs.access.claim(key, "ada")
    runs.access.release(key, "ada")
    runs.access.claim(key, "bob")
    runs.tidy(Limits(10**9, 0, 3))
    assert is_stored(key)


def test_without_a_copy_the_weights_are_missing_in_plain_words(server: Callable[[str], Runs], tmp_path: Path) -> None:
    runs = server("one")
    run_id = submit(runs, circle())
    wait_for(runs, run_id, RunState.FINISHED)
    runs.close()
    other = server("two")
    with pytest.raises(RunError, match="no such run directory"):
        other.load(run_id)
    storage_module._missing.clear()
    (tmp_path / "remote" / "runs" / run_id).mkdir(parents=True)
    (tmp_path / "remote" / "runs" / run_id / "manifest.json").mkdir()  # which cannot be read
    with pytest.raises(StorageError, match="the server's storage cannot be used at the moment"):
        other.load(run_id)


def test_another_server_continues_a_run_whose_server_is_gone(server: Callable[[str], Runs]) -> None:
    runs = server("one")
    run_id = submit(runs, endless(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    assert pending("runs") == {run_id}, "the checkpoint of a paused run is copied at once"
    carry_out()
    runs.close()
    other = server("two")
    other.resume(run_id)
    wait_for_step(other, run_id, 5)
    assert other.status(run_id)["message"] == ""
    other.stop(run_id)
    wait_for(other, run_id, RunState.STOPPED)


def test_weights_that_were_fetched_early_are_fetched_again(server: Callable[[str], Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.run_files._COPY_SECONDS", 0.0)
    runs = server("one")
    run_id = submit(runs, circle(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    carry_out()
    other = server("two")
    assert other.load(run_id).step == 1
    monkeypatch.setenv("PLAYGROUND_DATA", str(runs.info(run_id).directory.parents[1]))
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    runs.close()
    carry_out()
    monkeypatch.setenv("PLAYGROUND_DATA", str(other.info(run_id).directory.parents[1]))
    assert other.load(run_id).step == 125
    (other.info(run_id).directory / "model.safetensors").unlink()
    storage_module._missing.clear()
    with pytest.raises(RunError):
        other.load(run_id)  # nothing newer there
