"""How numbers of things are written in sentences."""

import pytest

from playground.catalog.messages import counted


@pytest.mark.parametrize(("count", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12_000, "12,000 files")])
def test_one_thing_is_written_in_the_singular(count: int, words: str) -> None:
    assert counted(count, "file") == words


def test_an_irregular_plural() -> None:
    assert [counted(count, "class", "classes") for count in (1, 3)] == ["1 class", "3 classes"]
