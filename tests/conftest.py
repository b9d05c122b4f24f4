"""What all tests share: a data folder of their own, so that none touches the runs and caches of whoever works here."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`PLAYGROUND_DATA` of this test process: datasets are made there once."""
    folder = tmp_path_factory.mktemp("playground_data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(folder))
        yield folder


@pytest.fixture(scope="module", autouse=True)
def _runs_end(data_folder: Path) -> Iterator[None]:
    """The server's runs, where the tests of a file used them, end with it: the next file may look at processes and threads."""
    yield
    server = sys.modules.get("playground.web.server")
    if server is not None and server.runs.cache_info().currsize:
        server.runs().close()
        server.runs.cache_clear()
