"""Disks that are full or cannot be written."""

import errno
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground.artifacts.fetching import DownloadError
from playground.catalog.datasets import Mnist
from tests.catalog.downloads.one_file import get
from tests.catalog.file_server import Files


def test_too_little_disk_space_is_reported_before_any_request(server: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(
        DownloadError, match=r"MNIST .*: not enough disk space in .*mnist: 20\.\d MB needed, 1\.0 MB free; .*PLAYGROUND_DATA"
    ):
        Mnist.download()
    assert server.asked == []


def test_a_disk_that_fills_up_during_the_download_is_reported(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, path: Path) -> None:
            self.path, self.file = path, open(path, "wb")  # noqa: PTH123, SIM115 - Path.open is what is replaced

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, chunk: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device", str(self.path))

    plain = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode="r", **more: Full(path) if mode == "wb" else plain(path, mode, **more))
    with pytest.raises(DownloadError, match=r"numbers\.bin\.part: cannot be written \(No space left on device\); free some disk space"):
        get(server, tmp_path, f"{server.url}/numbers.bin", f"{server.url}/numbers.bin")
    assert len(server.asked) == 1, "another mirror does not help"


def test_a_folder_that_cannot_be_written_is_reported(server: Files, data: Path) -> None:
    data.mkdir()
    (data / "downloads").write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=r"downloads.mnist: cannot be written .*PLAYGROUND_DATA"):
        Mnist.download()
