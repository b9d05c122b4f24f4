"""The size limit of the upload store: least recently used uploads are evicted, those in use stay, evicted ones can be uploaded again."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.uploads import Upload, hold, is_stored, open_upload, store_upload
from playground.catalog.datasets import DataError
from playground.catalog.datasets.own import content_held
from playground.presets import PRESETS
from playground.runs import Runs, RunState
from playground.settings import settings
from tests.forked import at_once
from tests.own.examples import own_dataset

BYTES = 100_000
HOLDER = """
import sys
from playground.artifacts.uploads import hold
held = hold(sys.argv[1])
print("held" if held else "gone", flush=True)
sys.stdin.read()
"""
KEEPER = """
import numpy as np
from playground.artifacts.uploads import Upload, store_upload

def work():
    for turn in range(20):
        store_upload(Upload(np.full((25_000, 1), turn % 5, np.float32), np.zeros(25_000, np.int64), {"family": "points"}))
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an empty data folder with room for three sets of `BYTES` and what describes them."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", str(3 * BYTES + 3_000))
    return tmp_path / "uploads"


def upload(value: int) -> Upload:
    return Upload(np.full((BYTES // 4 - 10, 1), value, np.float32), np.zeros(5, np.int64), {"family": "points"})


def uploaded(store: Path, *values: int) -> list[str]:
    """Their keys, each used later than the one before, and all long ago."""
    keys = [store_upload(upload(value)) for value in values]
    for age, key in enumerate(reversed(keys)):
        os.utime(store / key, (time.time() - 1000 - age,) * 2)
    return keys


def names(store: Path) -> set[str]:
    return {folder.name for folder in store.iterdir()}


def test_the_least_recently_used_upload_is_evicted(store: Path) -> None:
    first, second, third = uploaded(store, 1, 2, 3)
    open_upload(first, "used again")
    fourth = store_upload(upload(4))
    assert names(store) == {first, third, fourth}
    with pytest.raises(DataError, match=rf"“mine” \({second[:8]}\) is not on this server; upload the same file"):
        open_upload(second, "mine")
    assert store_upload(upload(2)) == second, "the same content is the same set"
    assert np.array_equal(open_upload(second, "mine").inputs, upload(2).inputs)


def test_uploading_it_again_counts_as_use(store: Path) -> None:
    first, _, third = uploaded(store, 1, 2, 3)
    store_upload(upload(1))
    fourth = store_upload(upload(4))
    assert names(store) == {first, third, fourth}


def test_what_is_larger_than_the_store_stays_until_the_next_one(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
    first = store_upload(upload(1))
    assert names(store) == {first}
    second = store_upload(upload(2))
    assert names(store) == {second}


def test_what_is_held_stays_until_it_is_let_go(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _ = uploaded(store, 1, 2, 3)
    holds = [hold(first), hold(first)]
    assert None not in holds
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", str(BYTES + 1_000))
    fourth = store_upload(upload(4))
    assert names(store) == {first, fourth}
    holds[0].close()
    fifth = store_upload(upload(5))
    assert names(store) == {first, fifth}
    holds[1].close()
    holds[1].close()
    sixth = store_upload(upload(6))
    assert names(store) == {sixth}
    assert hold(second) is None


def test_what_another_process_holds_stays_and_its_end_lets_go(store: Path) -> None:
    first, second, third = uploaded(store, 1, 2, 3)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, first], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        os.utime(store / first, (0, 0))
        fourth = store_upload(upload(4))
        assert names(store) == {first, third, fourth}
    finally:
        holder.kill()
        holder.communicate()
    os.utime(store / first, (0, 0))
    fifth = store_upload(upload(5))
    assert names(store) == {third, fourth, fifth}
    assert not is_stored(second)


def test_a_reader_keeps_what_it_has_opened(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
    first = open_upload(store_upload(upload(1)), "mine")
    store_upload(upload(2))
    assert not is_stored(upload(1).key)
    assert np.array_equal(first.inputs, upload(1).inputs), "the mapped file outlives its name"


def test_concurrent_processes_and_threads_leave_complete_uploads_within_the_limit(store: Path) -> None:
    with ThreadPoolExecutor(5) as pool:
        processes = pool.submit(at_once, 2, KEEPER)
        keys = list(pool.map(lambda turn: store_upload(upload(turn % 6)), range(48)))
        processes.result()
    last = store_upload(upload(7))
    left = names(store)
    assert last in left
    assert all(len(name) == 64 for name in left), "no draft is left, and nothing half deleted"
    assert sum(file.stat().st_size for file in store.rglob("*") if file.is_file()) <= settings().upload_store_bytes
    for name in left:
        open_upload(name, name)
    assert len(set(keys)) == 6


def test_what_dead_processes_left_goes_and_what_is_being_written_stays(store: Path) -> None:
    store_upload(upload(1))
    for name in (".draft-dead", ".draft-alive", ".evicted-half"):
        (store / name).mkdir()
        (store / name / "inputs.npy").write_bytes(b"half")
    os.utime(store / ".draft-dead", (time.time() - 7200,) * 2)
    store_upload(upload(2))
    assert names(store) == {upload(1).key, upload(2).key, ".draft-alive"}


def test_a_stranger_in_the_folder_is_left_alone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.mkdir()
    (store / "notes.txt").write_text("of whoever runs the server")
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
    store_upload(upload(1))
    store_upload(upload(2))
    assert names(store) == {"notes.txt", upload(2).key}


def test_an_unfinished_run_keeps_its_data_and_a_finished_one_lets_go(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = own_dataset("own_points")
    key = dataset.key  # type: ignore[attr-defined]
    spec = next(iter(PRESETS.values())).spec.model_copy(update={"data": dataset})
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
    runs = Runs(tmp_path, parallel=1)
    try:
        run_id = runs.resolve(runs.submit(spec, step="batch")).run_id
        second_id = runs.resolve(runs.submit(spec)).run_id
        runs.pause(second_id)
        store_upload(upload(1))
        assert is_stored(key)
        for each in (run_id, second_id):
            runs.stop(each)
        deadline = time.monotonic() + 60
        while not all(runs.info(each).state.ended for each in (run_id, second_id)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert runs.info(run_id).state is RunState.STOPPED
        more = 2
        while is_stored(key) and time.monotonic() < deadline:  # a worker that has said its last word may not have gone yet
            store_upload(upload(more))
            more += 1
            time.sleep(0.05)
        assert not is_stored(key)
        with pytest.raises(DataError, match="is not on this server; upload the same file"):
            dataset.load()
        assert own_dataset("own_points") == dataset
        dataset.load()
    finally:
        runs.close()


def test_datasets_that_are_not_uploaded_need_no_hold(store: Path) -> None:
    assert content_held(next(iter(PRESETS.values())).spec.data) is None
    assert not store.exists()


@pytest.mark.parametrize("wrong", ["0", "-1", "1e9", "much"])
def test_a_bound_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", wrong)
    with pytest.raises(ValueError, match="PLAYGROUND_UPLOAD_STORE_BYTES: must be a positive integer, got"):
        settings()
