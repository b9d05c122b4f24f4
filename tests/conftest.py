"""What all tests share: a data folder of their own, so that none touches the runs and caches of whoever works here."""

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
