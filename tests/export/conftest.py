"""A process for scripts that run without the project."""

from collections.abc import Iterator

import pytest

from tests.export.running import Elsewhere


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    process = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    yield process
    process.end()
