"""A server's runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.runs import Runs
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


@pytest.fixture
def open_runs(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Runs]]:
    """Opens `Runs` in a folder of the test's own, where no other server continues them, and closes them at the end. They start a process
    for workers only if a run is submitted."""
    opened: list[Runs] = []

    def open_(parallel: int = 2) -> Runs:
        runs = Runs(tmp_path, parallel)
        opened.append(runs)
        return runs

    yield open_
    for runs in opened:
        runs.close()


@pytest.fixture(scope="module")
def runs(folder: Path) -> Iterator[Runs]:
    """Two runs at a time, shared by the tests of a module, so that the fork server warms up only once."""
    opened = Runs(folder, parallel=2)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def executor(folder: Path) -> Iterator[KeptExecutor]:
    """For the runs of all servers that a module's tests open."""
    kept = KeptExecutor()
    yield kept
    kept.end()


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
