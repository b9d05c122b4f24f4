"""Deleting a run: all of it, or nothing, whenever the process ends."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from playground.runs.database import StoreError
from playground.runs.deletion import Deletion
from playground.runs.info import RunState
from playground.runs.retention import Limits
from playground.runs.store import Store, StoredRun

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def deletion(store: Store, folder: Path) -> Deletion:
    return Deletion(store, folder)


def add(store: Store, folder: Path, run_id: str, state: RunState = RunState.FINISHED, size: int = 1000) -> Path:
    news = {"type": "history", "series": {"batch": {"step": [1], "train_loss": [0.5]}, "evaluated": {"step": []}}}
    store.add(StoredRun(run_id, NOW, "one", "{}", state))
    store.write(run_id, state, "", (), {}, news)
    (folder / run_id / "history").mkdir(parents=True)
    (folder / run_id / "model.safetensors").write_bytes(b"x" * size)
    os.link(folder / run_id / "model.safetensors", folder / run_id / "history" / "1.safetensors")
    return folder / run_id


def is_whole(store: Store, directory: Path) -> bool:
    return store.get(directory.name) is not None and (directory / "history" / "1.safetensors").exists()


def is_gone(store: Store, directory: Path) -> bool:
    return store.get(directory.name) is None and not store.parts(directory.name) and not directory.exists()


def test_rows_and_files_go_and_other_runs_stay(deletion: Deletion, store: Store, folder: Path) -> None:
    first, second = add(store, folder, "w1"), add(store, folder, "w2")
    assert deletion.delete("w1")
    assert is_gone(store, first)
    assert is_whole(store, second)
    assert not deletion.delete("w1")
    assert [path.name for path in folder.iterdir()] == ["w2"]


def test_a_run_without_files_is_deleted(deletion: Deletion, store: Store, folder: Path) -> None:
    store.add(StoredRun("w1", NOW, "one", "{}", RunState.FAILED))
    assert deletion.delete("w1")
    assert store.get("w1") is None


def test_a_run_in_progress_stays_unless_its_own_server_deletes_it(deletion: Deletion, store: Store, folder: Path) -> None:
    directory = add(store, folder, "w1", RunState.RUNNING)
    assert not deletion.delete("w1")
    assert not deletion.delete("w1", server="two")
    assert is_whole(store, directory)
    assert deletion.delete("w1", server="one")
    assert is_gone(store, directory)


@pytest.mark.parametrize("when", ["before the directory is renamed", "before the rows are deleted", "before the files are deleted"])
def test_after_a_crash_the_run_is_whole_or_the_next_start_deletes_it(
    deletion: Deletion, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    directory = add(store, folder, "w1")

    def crash(*arguments: object, **options: object) -> None:
        raise _Crash

    with monkeypatch.context() as patch:
        if when == "before the directory is renamed":
            patch.setattr(Path, "rename", crash)
        elif when == "before the rows are deleted":
            event.listen(store.engine, "commit", crash)
        else:
            patch.setattr("shutil.rmtree", crash)
        with pytest.raises(_Crash):
            deletion.delete("w1")
    if when == "before the rows are deleted":
        event.remove(store.engine, "commit", crash)
    if when == "before the directory is renamed":
        assert is_whole(store, directory)
    else:
        assert not directory.exists()
    deletion.finish()
    assert is_whole(store, directory) == (when == "before the directory is renamed")
    assert is_gone(store, directory) == (when != "before the directory is renamed")
    assert list(folder.iterdir()) in ([], [directory])


def test_a_database_that_refuses_leaves_the_run_whole(deletion: Deletion, store: Store, folder: Path) -> None:
    directory = add(store, folder, "w1")

    def refuse(connection: object) -> None:
        raise StoreError("the database is away")

    event.listen(store.engine, "commit", refuse)
    with pytest.raises(StoreError, match="away"):
        deletion.delete("w1")
    event.remove(store.engine, "commit", refuse)
    assert is_whole(store, directory)


def test_directories_of_another_database_are_never_deleted(deletion: Deletion, folder: Path) -> None:
    (folder / "w9").mkdir(parents=True)
    os.utime(folder / "w9", (0, 0))
    deletion.finish()
    assert deletion.due(Limits(1, 1.0, 0.0), NOW) == ()
    assert (folder / "w9").exists()


def test_what_was_announced_is_due_after_the_notice(deletion: Deletion, store: Store, folder: Path) -> None:
    add(store, folder, "w1")
    add(store, folder, "w2")
    add(store, folder, "w3", RunState.PAUSED)
    now = datetime.now(UTC)
    limits = Limits(most_bytes=2500, days=0, notice_days=3)
    assert deletion.due(limits, now) == ()
    assert store.announced() == {"w1": now + timedelta(days=3)}, "a file with two names counts once, and the oldest goes first"
    assert deletion.due(limits, now + timedelta(days=2)) == ()
    assert store.announced() == {"w1": now + timedelta(days=3)}
    assert deletion.due(limits, now + timedelta(days=3)) == ("w1",)
    assert deletion.due(Limits(3500, 0, 3), now + timedelta(days=3)) == ()
    assert store.announced() == {}


def test_what_a_dead_writer_left_is_removed_and_what_is_being_written_stays(deletion: Deletion, store: Store, folder: Path) -> None:
    directory = add(store, folder, "w1")
    parts = [directory / ".model.safetensors.17.part", directory / "history" / "5.part", directory / ".snapshot.safetensors.18.part"]
    for part in parts:
        part.write_bytes(b"half")
    for part in parts[:2]:
        os.utime(part, (time.time() - 7200,) * 2)
    deletion.due(Limits(10**9, 0, 3), NOW)
    assert [part.exists() for part in parts] == [False, False, True]
    assert is_whole(store, directory)


def test_each_server_announces_runs_of_its_own_folder_and_withdraws_no_others(store: Store, tmp_path: Path) -> None:
    """As on two machines: each sees all rows, and the files of its own runs."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    add(store, theirs, "w1")
    add(store, ours, "w2")
    add(store, theirs, "w3")
    now = datetime.now(UTC)
    full, roomy = Limits(most_bytes=1500, days=0, notice_days=3), Limits(10**9, 0, 3)
    assert Deletion(store, theirs).due(full, now) == ()
    assert Deletion(store, ours).due(full, now) == ()
    announced = {"w1": now + timedelta(days=3)}
    assert store.announced() == announced, "the other folder is not full, and a run without files here frees no space here"
    later = now + timedelta(days=3)
    assert Deletion(store, ours).due(roomy, later) == ()
    assert store.announced() == announced, "only the server with the files knows whether there is still a reason"
    assert Deletion(store, theirs).due(full, later) == ("w1",)
    assert Deletion(store, theirs).due(roomy, later) == ()
    assert store.announced() == {}


def test_an_announcement_of_a_server_that_never_comes_back_is_withdrawn(store: Store, tmp_path: Path) -> None:
    add(store, tmp_path / "theirs", "w1")
    now = datetime.now(UTC)
    limits = Limits(most_bytes=1, days=0, notice_days=3)
    Deletion(store, tmp_path / "theirs").due(limits, now)
    Deletion(store, tmp_path / "ours").due(limits, now + timedelta(days=4, seconds=-1))
    assert store.announced() == {"w1": now + timedelta(days=3)}
    Deletion(store, tmp_path / "ours").due(limits, now + timedelta(days=4))
    assert store.announced() == {}


def test_old_runs_are_deleted_by_any_server_and_their_files_by_the_one_that_has_them(store: Store, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    directory, stays = add(store, theirs, "w1"), add(store, theirs, "w2", RunState.PAUSED)
    limits, later = Limits(10**9, days=10, notice_days=3), datetime.now(UTC) + timedelta(days=20)
    assert Deletion(store, ours).due(limits, later - timedelta(days=10)) == ()
    assert Deletion(store, ours).due(limits, later) == ("w1",)
    assert Deletion(store, ours).delete("w1")
    assert directory.exists()
    Deletion(store, theirs).finish()
    assert is_gone(store, directory)
    assert is_whole(store, stays)


def test_copies_of_runs_of_other_servers_do_not_count_and_are_removed_after_a_day(deletion: Deletion, store: Store, folder: Path) -> None:
    own, old, new = (add(store, folder, run_id) for run_id in ("w1", "w2", "w3"))
    for copy, age in ((old, 90_000), (new, 80_000)):
        (copy / ".fetched").write_text("state")
        os.utime(copy / ".fetched", (time.time() - age,) * 2)
    assert deletion.due(Limits(most_bytes=1500, days=0, notice_days=3), datetime.now(UTC)) == ()
    assert store.announced() == {}
    assert is_whole(store, own)
    assert is_whole(store, new)
    assert not old.exists()
    assert store.get("w2") is not None
