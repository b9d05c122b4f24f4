"""A server's runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.runs import Runs
from playground.runs.executor import Executor
from playground.runs.fair_share import FairShare
from playground.runs.store import Store
from tests.runs.kept_executor import KeptExecutor


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = Store(database)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder shared by a module's tests and their workers."""
    path = tmp_path_factory.mktemp("playground")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(path))
        yield path


@pytest.fixture(scope="module")
def executor(folder: Path) -> Iterator[KeptExecutor]:
    """For the runs of all servers that a module's tests open, so that the fork server warms up only once."""
    kept = KeptExecutor()
    yield kept
    kept.end()


@contextmanager
def opening(folder: Path, executor: Executor | None = None) -> Iterator[Callable[..., Runs]]:
    """Opens `Runs` in a folder, and closes them at the end. Without an executor each starts a process for workers once a run is submitted,
    which takes seconds."""
    opened: list[Runs] = []

    def open_(parallel: int = 2) -> Runs:
        runs = Runs(folder, parallel, executor=executor)
        opened.append(runs)
        return runs

    yield open_
    for runs in opened:
        runs.close()


@pytest.fixture
def open_runs(tmp_path: Path, executor: KeptExecutor) -> Iterator[Callable[..., Runs]]:
    """Opens `Runs` in a folder of the test's own, where no other server continues them."""
    with opening(tmp_path, executor) as open_:
        yield open_


@pytest.fixture(scope="module")
def runs(folder: Path, executor: KeptExecutor) -> Iterator[Runs]:
    """Two runs at a time, shared by the tests of a module."""
    opened = Runs(folder, parallel=2, executor=executor)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def open_one_slot(tmp_path: Path, executor: KeptExecutor) -> Iterator[Callable[..., Runs]]:
    """Opens `Runs` that compute one run at a time, in short turns; closes them at the end. limits: as for `Runs`."""
    opened: list[Runs] = []

    def open_(**limits: float) -> Runs:
        runs = Runs(tmp_path, 1, executor=executor, **limits)  # type: ignore[arg-type]
        runs._live._computing.sharing._share = FairShare(1, slice_seconds=0.05)
        runs.start()
        opened.append(runs)
        return runs

    yield open_
    for runs in opened:
        runs.close()
