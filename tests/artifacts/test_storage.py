"""Copies in a storage: complete or not there, fetched where they are missing, and nothing lost while the storage is away."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fsspec import register_implementation
from fsspec.implementations.memory import MemoryFileSystem

from playground.artifacts import storage as storage_module
from playground.artifacts.copies import carry_out, copy_later, delete_later, pending
from playground.artifacts.storage import Storage, StorageError, fetch_if_missing
from playground.artifacts.uploads import Upload, hold, is_stored, open_upload, store_upload
from playground.catalog.datasets import DataError


class Faulty(MemoryFileSystem):
    """A storage that is away while `away` is set, or from the file on that is `broken_at`."""

    protocol = "faulty"
    store: dict[str, Any] = {}  # noqa: RUF012 - as in its base class
    pseudo_dirs: list[str] = [""]  # noqa: RUF012
    away = False
    broken_at = "no file"

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if "w" in mode and (self.away or self.broken_at in path):
            raise ConnectionError("connection refused by https://user:hunter2@storage.example")
        return super().open(path, mode, **options)

    def cat_file(self, path: str, *arguments: Any, **options: Any) -> bytes:
        if self.away:
            raise ConnectionError("no route to host")
        content: bytes = super().cat_file(path, *arguments, **options)
        return content


register_implementation("faulty", Faulty, clobber=True)


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    yield
    MemoryFileSystem.store.clear()
    Faulty.store.clear()
    Faulty.away, Faulty.broken_at = False, "no file"
    storage_module._missing.clear()


@pytest.fixture(params=["file", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return Storage({"file": f"file://{tmp_path}/remote/deep", "memory": "memory://remote/deep"}[request.param])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "local" / "w1"
    (folder / "history").mkdir(parents=True)
    (folder / "history" / "1.safetensors").write_bytes(b"earlier")
    (folder / "spec.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 5000)
    (folder / ".model.safetensors.part").write_bytes(b"half")
    return folder


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Changes to another server, with a data folder of its own and the same storage."""

    def change(name: str) -> Path:
        monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / name))
        monkeypatch.setenv("PLAYGROUND_STORAGE", "faulty://shared")
        storage_module._missing.clear()
        return tmp_path / name

    return change


def upload(value: int) -> Upload:
    return Upload(np.full((50, 2), value, np.float32), np.zeros(50, np.int64), {"family": "points"})


def test_a_folder_comes_back_as_it_was(storage: Storage, directory: Path, tmp_path: Path) -> None:
    storage.put("runs/w1", directory)
    assert storage.fetch("runs/w1", tmp_path / "back")
    assert {file.name: file.read_bytes() for file in (tmp_path / "back").iterdir()} == {
        name: (directory / name).read_bytes() for name in ("spec.json", "model.safetensors")
    }
    assert not storage.fetch("runs/w2", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_folder_that_is_put_again_has_its_new_files(storage: Storage, directory: Path, tmp_path: Path) -> None:
    storage.put("runs/w1", directory)
    (directory / "model.safetensors").write_bytes(b"new")
    storage.put("runs/w1", directory)
    assert storage.fetch("runs/w1", tmp_path / "back")
    assert (tmp_path / "back" / "model.safetensors").read_bytes() == b"new"


def test_a_file_that_is_gone_is_not_kept(storage: Storage, directory: Path, tmp_path: Path) -> None:
    (directory / "checkpoint.safetensors").write_bytes(b"of a run that had not finished")
    storage.put("runs/w1", directory)
    (directory / "checkpoint.safetensors").unlink()
    storage.put("runs/w1", directory)
    assert not storage._files.exists(storage._path("runs/w1/checkpoint.safetensors"))
    assert storage.fetch("runs/w1", tmp_path / "back")
    assert sorted(file.name for file in (tmp_path / "back").iterdir()) == ["model.safetensors", "spec.json"]


def test_a_file_that_changes_while_it_is_copied_is_copied_in_one_state(directory: Path, tmp_path: Path) -> None:
    class Replacing(Faulty):
        """Replaces each file of the directory and appends to it while it is being copied."""

        protocol = "replacing"

        def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
            if path.endswith(".safetensors") and "w" in mode:
                (directory / "new").write_bytes(b"other")
                (directory / "new").replace(directory / "model.safetensors")
            if path.endswith(".json") and "w" in mode:
                with (directory / "spec.json").open("a") as file:
                    file.write(" more")
            return super().open(path, mode, **options)

    register_implementation("replacing", Replacing, clobber=True)
    expected = (directory / "model.safetensors").read_bytes()
    storage = Storage("replacing://shared")
    storage.put("runs/w1", directory)
    assert storage.fetch("runs/w1", tmp_path / "back")
    assert (tmp_path / "back" / "model.safetensors").read_bytes() == expected


def test_a_deleted_folder_is_gone_and_deleting_it_again_is_no_error(storage: Storage, directory: Path, tmp_path: Path) -> None:
    storage.put("runs/w1", directory)
    storage.put("runs/w2", directory)
    storage.delete("runs/w1")
    storage.delete("runs/w1")
    assert not storage.fetch("runs/w1", tmp_path / "back")
    assert storage.fetch("runs/w2", tmp_path / "back")


def test_what_is_there_already_stays(storage: Storage, directory: Path) -> None:
    storage.put("runs/w1", directory)
    (directory / "spec.json").write_text("newer here")
    assert storage.fetch("runs/w1", directory)
    assert (directory / "spec.json").read_text() == "newer here"
    assert [path.name for path in directory.parent.iterdir()] == ["w1"]


def test_a_copy_that_was_interrupted_counts_as_missing(directory: Path, tmp_path: Path) -> None:
    storage = Storage("faulty://shared")
    storage.put("runs/w1", directory)
    Faulty.broken_at = "spec.json"
    with pytest.raises(StorageError, match="cannot be used at the moment") as error:
        storage.put("runs/w1", directory)
    assert "connection refused" in error.value.detail
    assert "hunter2" not in error.value.detail
    assert not storage.fetch("runs/w1", tmp_path / "back")


@pytest.mark.parametrize("content", [b"other weights", b""])
def test_a_file_that_has_changed_is_not_fetched(directory: Path, tmp_path: Path, content: bytes) -> None:
    storage = Storage("memory://remote")
    storage.put("runs/w1", directory)
    storage._files.pipe_file("/remote/runs/w1/model.safetensors", content)
    with pytest.raises(StorageError, match="is damaged"):
        storage.fetch("runs/w1", tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"../../evil": "0"}', b'{"a/b": "0"}', b'{"..": "0"}'])
def test_a_manifest_that_names_other_places_is_refused(tmp_path: Path, manifest: bytes) -> None:
    storage = Storage("memory://remote")
    storage._files.pipe_file("/remote/runs/w1/manifest.json", manifest)
    with pytest.raises(StorageError, match="is damaged"):
        storage.fetch("runs/w1", tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(("url", "words"), [("nosuch://x", "is not the URL of a folder"), ("s3://bucket/x", "needs a package")])
def test_a_storage_that_cannot_be_used_here_is_named(url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(StorageError) as error:
        Storage(url)
    assert error.value.detail.startswith(f"PLAYGROUND_STORAGE: {url} {words}")


def test_an_upload_reaches_another_server_through_the_storage(server: Any) -> None:
    server("one")
    key = store_upload(upload(1))
    assert pending() == {key}
    assert carry_out() == 1
    assert pending() == frozenset()
    folder = server("two")
    assert is_stored(key)
    assert (folder / "uploads" / key).is_dir()
    assert np.array_equal(open_upload(key, "mine").inputs, upload(1).inputs)
    held = hold(key)
    assert held is not None
    held.close()
    assert not is_stored(upload(2).key)


def test_while_the_storage_is_away_nothing_is_lost(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = server("one")
    Faulty.away = True
    monkeypatch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
    keys = [store_upload(upload(value)) for value in (1, 2)]
    with pytest.raises(StorageError):
        carry_out()
    assert pending("uploads") == set(keys)
    assert all((folder / "uploads" / key).is_dir() for key in keys), "not evicted before they are copied"
    server("two")
    with pytest.raises(DataError, match="the server's storage cannot be used at the moment"):
        open_upload(keys[0], "mine")
    assert not is_stored(keys[0])
    server("one")
    Faulty.away = False
    assert carry_out() == 2
    last = store_upload(upload(3))
    assert [path.name for path in (folder / "uploads").iterdir()] == [last], "what is in the storage can go here"
    assert np.array_equal(open_upload(keys[1], "mine").inputs, upload(2).inputs)


def test_one_folder_that_fails_does_not_hold_up_the_others(server: Any) -> None:
    folder = server("one")
    for name in ("w1", "w2"):
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "spec.json").write_text("{}")
    carry_out()
    for name in ("w1", "w2"):
        copy_later("runs", name)
    Faulty.broken_at = "w1"
    with pytest.raises(StorageError):
        carry_out()
    assert pending("runs") == {"w1"}


def test_what_counts_is_the_last_request(server: Any) -> None:
    folder = server("one")
    (folder / "runs" / "w1").mkdir(parents=True)
    (folder / "runs" / "w1" / "spec.json").write_text("{}")
    carry_out()
    copy_later("runs", "w1")
    delete_later("runs", "w1")
    assert carry_out() == 1
    other = server("two")
    fetch_if_missing("runs/w1")
    assert not (other / "runs" / "w1").exists()
    server("one")
    copy_later("runs", "w1")
    copy_later("runs", "gone")
    assert carry_out() == 2
    assert pending() == frozenset()
    folder = server("two")
    fetch_if_missing("runs/w1")
    assert (folder / "runs" / "w1" / "spec.json").read_text() == "{}"


def test_a_storage_that_is_new_gets_what_is_in_the_data_folder(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = server("one")
    monkeypatch.delenv("PLAYGROUND_STORAGE")
    key = store_upload(upload(1))
    assert pending() == frozenset()
    assert carry_out() == 0
    server("one")
    assert carry_out() == 1
    assert carry_out() == 0
    (folder / "uploads" / key).rename(folder / "elsewhere")
    assert is_stored(key)


def test_servers_that_copy_at_once_copy_everything(server: Any) -> None:
    server("one")
    carry_out()
    keys = {store_upload(upload(value)) for value in range(6)}
    threads = [threading.Thread(target=carry_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    carry_out()
    assert pending() == frozenset()
    server("two")
    assert all(is_stored(key) for key in keys)
