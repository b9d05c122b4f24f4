"""Shared by all tests: a separate data folder, so that tests do not touch your runs and caches."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`PLAYGROUND_DATA` of this test process; datasets are prepared there once."""
    folder = tmp_path_factory.mktemp("playground_data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(folder))
        yield folder


@pytest.fixture(scope="module", autouse=True)
def _close_runs(data_folder: Path) -> Iterator[None]:
    """Closes the server's runs after each file that used them, because the next file may inspect processes and threads."""
    yield
    server = sys.modules.get("playground.web.server")
    if server is not None and server.runs.cache_info().currsize:
        server.runs().close()
        server.runs.cache_clear()
