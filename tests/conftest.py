"""Shared by all tests: a separate data folder, so that tests do not touch your runs and caches."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.postgresql import PostgreSQL

# Generated inputs are the same everywhere, and a busy machine may take its time over them.
hypothesis.settings.load_profile("ci")

# Tests run in several processes at once. With a pool of threads in each, more threads than processors wait for one another, and busily:
# tests of attributions took four times as long. Runs have
# as many threads as their spec says in any case.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("PLAYGROUND_RUN_THREADS", "1")
os.environ.setdefault("PLAYGROUND_MEMORY_FORMAT", "contiguous")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays to the end, so the garbage collector need not look through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator["PostgreSQL"]:
    """A server for all tests of this process."""
    from tests.postgresql import running

    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of either kind."""
    from playground.runs.database import sqlite_url  # not above: torch reads the variables that are set there

    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.drop(url)
