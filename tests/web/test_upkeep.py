"""What a server deletes once an hour."""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from playground.artifacts.arrays import cached_arrays
from playground.rooms import Rooms
from playground.runs import Runs, RunState
from playground.runs.database import StoreError
from playground.runs.store import StoredRun
from playground.web.upkeep import kept_copied, tidy


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Whose limits nothing fits into, with one run that has ended and one prepared dataset that nobody uses."""
    for name, value in {"DATA": str(tmp_path), "RUNS_BYTES": "1", "RUNS_NOTICE_DAYS": "0", "PREPARED_DAYS": "1"}.items():
        monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    opened = Runs(tmp_path, 1)
    opened._records.store.add(StoredRun("w1", datetime.now(UTC), "one", "{}", RunState.FINISHED))
    (tmp_path / "runs" / "w1").mkdir(parents=True)
    (tmp_path / "runs" / "w1" / "spec.json").write_text("{}")
    cached_arrays("points", "one", ["values"], lambda: {"values": np.zeros(5)})
    os.utime(next((tmp_path / "datasets").iterdir()), (time.time() - 2 * 86_400,) * 2)
    yield opened
    opened.close()


def left(folder: Path) -> tuple[int, int]:
    return len(list((folder / "runs").iterdir())), len(list((folder / "datasets").iterdir()))


def test_runs_and_prepared_datasets_are_kept_within_their_limits(runs: Runs, tmp_path: Path) -> None:
    tidy(runs, Rooms(runs))
    assert left(tmp_path) == (1, 0)
    assert set(runs.deletions()) == {"w1"}
    tidy(runs, Rooms(runs))
    assert left(tmp_path) == (0, 0)


def test_one_server_does_it_at_a_time(runs: Runs, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".tidy.lock"):
        tidy(runs, Rooms(runs))
    assert left(tmp_path) == (1, 1)
    assert runs.deletions() == {}


def test_what_fails_is_logged_and_the_rest_is_done(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*arguments: object) -> None:
        raise StoreError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(Runs, "tidy", refuse)
        with caplog.at_level(logging.WARNING):
            tidy(runs, Rooms(runs))
    assert [record.getMessage() for record in caplog.records] == ["Old data could not be deleted: the database is away"]
    assert left(tmp_path) == (1, 0)


def test_a_storage_that_is_away_is_reported_once_and_what_is_new_is_copied_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PLAYGROUND_STORAGE", f"file://{tmp_path}/remote")
    (tmp_path / "remote").write_text("a file where the folder should be")
    (tmp_path / "data" / "runs" / "w1").mkdir(parents=True)
    (tmp_path / "data" / "runs" / "w1" / "spec.json").write_text("{}")
    passes = iter([lambda: None, (tmp_path / "remote").unlink, lambda: None])

    async def next_pass(seconds: float) -> None:
        try:
            next(passes)()
        except StopIteration:
            raise asyncio.CancelledError from None

    monkeypatch.setattr(asyncio, "sleep", next_pass)
    with caplog.at_level(logging.WARNING), pytest.raises(asyncio.CancelledError):
        asyncio.run(kept_copied())
    assert [record.getMessage().split(";")[0] for record in caplog.records] == [
        "The storage cannot be used",
        "The storage can be used again",
    ]
    assert (tmp_path / "remote" / "runs" / "w1" / "spec.json").read_text() == "{}"
