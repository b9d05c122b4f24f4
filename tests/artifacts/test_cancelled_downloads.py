"""Cancelling a download does not wait for the server: it ends at once, keeps what was received, and releases the lock."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.cancellable import AbandonedError, CancellableThread
from playground.artifacts.fetching import SILENCE_SECONDS, DownloadError, DownloadStoppedError, fetch
from playground.catalog.datasets import Mnist
from tests.catalog.file_server import Files, serving
from tests.catalog.tiny_files import contents, known, tiny_sets

CONTENT = np.random.default_rng(0).bytes(300_000)
FILE = known("numbers.bin", CONTENT)
SOON = SILENCE_SECONDS / 2
"""Long before a silent server is given up."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A mirror with MNIST's tiny files and `numbers.bin`, for an empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    with tiny_sets(), serving() as files:
        files.put("mnist", contents(Mnist))
        files.files["/numbers.bin"] = CONTENT
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files


def cancelled(address: str, folder: Path, until: Path | None = None) -> None:
    """A download that is cancelled while it waits for a server, once `until` is there."""
    cancel, ended = threading.Event(), threading.Event()
    errors: list[Exception] = []

    def download() -> None:
        try:
            fetch(FILE, [address], folder, lambda _: None, cancel.is_set)
        except DownloadError as error:
            errors.append(error)
        ended.set()

    thread = threading.Thread(target=download)
    thread.start()
    while until is not None and not (until.exists() and until.stat().st_size >= 100_000):
        time.sleep(0.01)
    assert not ended.wait(0.5), "it waits for the server"
    cancel.set()
    assert ended.wait(SOON)
    thread.join()
    assert [type(error) for error in errors] == [DownloadStoppedError]


def test_in_the_midst_of_silence(server: Files, tmp_path: Path) -> None:
    server.hold_after = 100_000
    part = tmp_path / f"{FILE.name}.part"
    cancelled(f"{server.url}/{FILE.name}", tmp_path, part)
    came = part.stat().st_size
    assert part.read_bytes() == CONTENT[:came]
    server.hold_after = None
    server.release.set()
    server.asked.clear()
    fetch(FILE, [f"{server.url}/{FILE.name}"], tmp_path, lambda _: None, lambda: False)
    assert (tmp_path / FILE.name).read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == [f"bytes={came}-"]


def test_before_the_server_says_anything(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cancelled(f"http://127.0.0.1:{listener.getsockname()[1]}/numbers.bin", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_is_let_in(server: Files) -> None:
    server.hold_after = 2_000
    cancel, heard, done = threading.Event(), threading.Event(), threading.Event()
    errors: list[Exception] = []

    def first() -> None:
        try:
            Mnist.download(lambda _: heard.set(), cancel.is_set)
        except DownloadError as error:
            errors.append(error)

    def second() -> None:
        Mnist.download()
        done.set()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert heard.wait(20)
    server.hold_after = None  # whoever asks from now on is served; the first one still hears nothing
    threads[1].start()
    cancel.set()
    assert done.wait(SOON)
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [DownloadStoppedError]
    assert Mnist.is_here()


def test_a_download_leaves_no_thread_behind(server: Files, tmp_path: Path) -> None:
    fetch(FILE, [f"{server.url}/{FILE.name}"], tmp_path, lambda _: None, lambda: False)
    end = time.monotonic() + 20
    while any(thread.name == "line to a server" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_cancellable_thread_returns_results_raises_errors_and_closes_responses(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("seen")
    with CancellableThread(lambda: False) as line:
        opened = line.wait_for((tmp_path / "x").open)
        assert line.wait_for(opened.read) == "seen"
        with pytest.raises(ZeroDivisionError):
            line.wait_for(lambda: 1 / 0)
        assert line.wait_for(lambda: 3) == 3
    end = time.monotonic() + 20
    while not opened.closed:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_line_that_is_left_closes_what_comes_too_late(tmp_path: Path) -> None:
    go_on, late = threading.Event(), (tmp_path / "late").open("w")

    def open_late() -> object:
        go_on.wait(60)
        return late

    with CancellableThread(lambda: True) as line, pytest.raises(AbandonedError):
        line.wait_for(open_late)
    assert not late.closed
    go_on.set()
    end = time.monotonic() + 20
    while not late.closed:
        assert time.monotonic() < end
        time.sleep(0.01)
