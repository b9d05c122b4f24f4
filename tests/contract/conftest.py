"""Contract tests need no internet access."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.tiny_files import tiny_sets_in


@pytest.fixture(scope="module", autouse=True)
def _downloaded_sets_are_tiny_and_here(data_folder: Path) -> Iterator[None]:
    with tiny_sets_in(data_folder):
        yield
