"""Uploaded files that are not stored yet are on disk, within a limit for all visitors, and not in memory."""

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec

from playground.own import OwnDataError
from playground.settings import settings
from playground.web import held_files, upload_memory
from playground.web.held_files import hold, read_all, take
from playground.web.upload_memory import BoundedUploads


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_UPLOAD_HELD_BYTES", "1000")
    return tmp_path / "held"


def aged(held: held_files.HeldFile, seconds: float) -> None:
    path = settings().data / "held" / held.digest
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_the_least_recently_used_files_make_room(folder: Path) -> None:
    first, second, third = (hold(bytes([number]) * 400) for number in range(3))
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 1000
    with pytest.raises(OwnDataError, match=r"not on this server any more: .* 1.0 kB .*PLAYGROUND_UPLOAD_HELD_BYTES.* upload it again"):
        first.read()
    aged(third, 60)
    assert second.read() == bytes([1]) * 400
    hold(b"x" * 400)
    assert second.read() == bytes([1]) * 400
    with pytest.raises(OwnDataError):
        third.read()


def test_the_newest_file_stays_even_if_it_is_too_large() -> None:
    assert hold(b"y" * 3000).read() == b"y" * 3000


def test_files_of_visitors_who_left_are_deleted(folder: Path) -> None:
    aged(hold(b"old"), 25 * 3600)
    hold(b"new")
    assert [path.read_bytes() for path in folder.iterdir()] == [b"new"]


def test_the_same_content_is_kept_once(folder: Path) -> None:
    assert hold(b"same") == hold(b"same")
    assert len(list(folder.iterdir())) == 1


def test_a_full_disk_asks_to_upload_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OwnDataError, match="as far as its disk has space; upload it again"):
        hold(b"content").read()


def test_files_leave_the_memory_of_streamlit_when_a_page_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, values = MemoryUploadedFileManager("/upload"), {}
    monkeypatch.setattr(held_files, "get_script_run_ctx", lambda: SimpleNamespace(uploaded_file_mgr=manager, session_id="visit"))
    monkeypatch.setattr(held_files.session, "choice", lambda name, default: values.get(name, default))
    monkeypatch.setattr(held_files.session, "choose", values.__setitem__)

    def uploaded(name: str) -> UploadedFile:
        record = UploadedFileRec(name, f"{name}.zip", "application/zip", name.encode())
        manager.add_file("visit", record)
        return UploadedFile(record, None)  # type: ignore[arg-type]

    monkeypatch.setattr(held_files.session, "widget", lambda _: [uploaded("a")])
    assert read_all(take("uploader")) == [("a.zip", b"a")]
    assert not manager.file_storage["visit"]
    monkeypatch.setattr(held_files.session, "widget", lambda _: [DeletedFile("a"), uploaded("b")])
    assert read_all(take("uploader")) == [("a.zip", b"a"), ("b.zip", b"b")]
    monkeypatch.setattr(held_files.session, "widget", lambda _: [DeletedFile("gone")])
    with pytest.raises(OwnDataError, match="upload it again"):
        read_all(take("uploader"))


def test_files_that_no_page_takes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))

    async def streamlit(scope: dict[str, str], receive: object, send: object) -> None:
        visit, name = scope["path"].split("/")[-2:]
        manager.add_file(visit, UploadedFileRec(name, name, "", bytes(400)))

    bounded = BoundedUploads(streamlit)  # type: ignore[arg-type]
    for number in range(5):
        scope = {"type": "http", "method": "PUT", "path": f"/base/_stcore/upload_file/visit{number % 2}/file{number}"}
        asyncio.run(bounded(scope, None, None))  # type: ignore[arg-type]
    assert in_memory(manager) == ["file3", "file4"]


def in_memory(manager: MemoryUploadedFileManager) -> list[str]:
    return sorted(name for files in manager.file_storage.values() for name in files)


def test_files_that_no_page_takes_are_forgotten_when_the_last_one_has_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty uploads under invented names would otherwise stay for as long as the visit."""
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    monkeypatch.setattr(upload_memory, "UNTAKEN_SECONDS", 0)
    arriving = asyncio.Event()

    async def streamlit(scope: dict[str, str], receive: object, send: object) -> None:
        visit, name = scope["path"].split("/")[-2:]
        if name == "slow":
            await arriving.wait()
        manager.add_file(visit, UploadedFileRec(name, name, "", bytes(4)))

    async def upload() -> None:
        bounded = BoundedUploads(streamlit)  # type: ignore[arg-type]

        def put(name: str) -> asyncio.Task[None]:
            scope = {"type": "http", "method": "PUT", "path": f"/_stcore/upload_file/visit/{name}"}
            return asyncio.create_task(bounded(scope, None, None))  # type: ignore[arg-type]

        slow = put("slow")
        await asyncio.gather(*(put(f"invented {number}") for number in range(40)))
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(in_memory(manager)) == 40  # the page waits for the last file
        arriving.set()
        await slow
        while in_memory(manager):
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(upload(), 30))
