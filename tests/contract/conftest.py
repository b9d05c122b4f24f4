"""Contract tests need no internet access."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.tiny_files import DOWNLOADED, put_down, tiny_sets


@pytest.fixture(scope="module", autouse=True)
def _downloaded_sets_are_tiny_and_here(data_folder: Path) -> Iterator[None]:
    with tiny_sets():
        for kind in DOWNLOADED:
            put_down(kind)
        yield
        shutil.rmtree(data_folder / "downloads")
