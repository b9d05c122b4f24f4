"""A server on this computer that does everything a server can do wrong, and an empty data folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog import tiny_files
from tests.catalog.downloads.one_file import CONTENT
from tests.catalog.file_server import Files, serving
from tests.catalog.tiny_files import DOWNLOADED, contents


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def server(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A mirror with tiny files of every set, and `numbers.bin`."""
    with tiny_files.tiny_sets(), serving() as files:
        for kind in DOWNLOADED:
            files.put(kind.name(), contents(kind))
        files.files["/numbers.bin"] = CONTENT
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files
