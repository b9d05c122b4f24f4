"""A server's runs, and patience."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.runs import Runs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a module's tests, which its workers use too."""
    path = tmp_path_factory.mktemp("playground")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(path))
        yield path


@pytest.fixture
def open_runs(folder: Path) -> Iterator[Callable[..., Runs]]:
    """Opens `Runs` in the module's folder, and closes them at the end."""
    opened: list[Runs] = []

    def open_(parallel: int = 2) -> Runs:
        runs = Runs(folder, parallel)
        opened.append(runs)
        runs.start()
        return runs

    yield open_
    for runs in opened:
        runs.close()


@pytest.fixture(scope="module")
def runs(folder: Path) -> Iterator[Runs]:
    """Two at once, shared by the tests of a module: the process that workers come from gets warm only once."""
    opened = Runs(folder, parallel=2)
    opened.start()
    yield opened
    opened.close()
