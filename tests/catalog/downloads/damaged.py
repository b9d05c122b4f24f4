"""Errors about damaged files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from playground.catalog.datasets import DataError


def assert_reported_with_a_suggestion(path: Path, words: str, read: Callable[[], object]) -> None:
    """Reading fails, and the error names the file, the problem (a pattern) and what to do."""
    with pytest.raises(DataError, match=words) as caught:
        read()
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith(f"delete {path} and download the dataset again")
