"""The size and age limits of prepared arrays: least recently used ones are evicted, mapped ones stay, evicted ones are made again."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.arrays import Arrays, cached_arrays, remove_arrays, remove_unused_arrays
from tests.forked import at_once

BYTES = 100_000
READER = """
import sys
from playground.artifacts.arrays import cached_arrays
part = cached_arrays("own_images", sys.argv[1], ["values"], dict)["values"][10:20]
print(part.sum(), flush=True)
sys.stdin.read()
"""
MAKER = """
import numpy as np
from playground.artifacts.arrays import cached_arrays

def work():
    for turn in range(30):
        value = turn % 4
        arrays = cached_arrays("own_images", str(value), ["values"], lambda: {"values": np.full(100_000, value, np.uint8)})
        assert (arrays["values"] == value).all()
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an empty data folder, with room for three arrays of `BYTES`."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_PREPARED_BYTES", str(3 * BYTES + 3_000))
    return tmp_path / "datasets"


def opened(value: int) -> Arrays:
    return cached_arrays("own_images", str(value), ["values"], lambda: {"values": np.full(BYTES, value, np.uint8)})


def made(cache: Path, *values: int) -> dict[int, Path]:
    """Their folders, each used later than the one before, and all long ago."""
    folders: dict[int, Path] = {}
    for value in values:
        before = set(cache.iterdir()) if cache.exists() else set()
        opened(value)
        (folders[value],) = set(cache.iterdir()) - before
    for age, folder in enumerate(reversed(folders.values())):
        os.utime(folder, (time.time() - 1000 - age,) * 2)
    return folders


def left(cache: Path, folders: Mapping[int, Path]) -> set[int]:
    return {value for value, folder in folders.items() if folder in set(cache.iterdir())}


def test_the_least_recently_opened_is_evicted_and_made_again(cache: Path) -> None:
    folders = made(cache, 1, 2, 3)
    opened(1)
    opened(4)
    assert left(cache, folders) == {1, 3}
    assert len(list(cache.iterdir())) == 3
    assert np.array_equal(opened(2)["values"], np.full(BYTES, 2))


def test_arrays_and_their_views_keep_their_folder(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = made(cache, 1, 2, 3)
    whole, view = opened(1), opened(2)["values"][5:50]
    monkeypatch.setenv("PLAYGROUND_PREPARED_BYTES", "1")
    remove_unused_arrays(0.0)
    assert left(cache, folders) == {1, 2}
    assert (whole["values"][0], view[0]) == (1, 2)
    del whole
    remove_unused_arrays(0.0)
    assert left(cache, folders) == {2}
    del view
    remove_unused_arrays(0.0)
    assert left(cache, folders) == set()


def test_what_another_process_has_mapped_stays_until_it_ends(cache: Path) -> None:
    folders = made(cache, 1, 2)
    reader = subprocess.Popen([sys.executable, "-c", READER, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "10\n"
        remove_unused_arrays(0.0)
        assert left(cache, folders) == {1}
    finally:
        reader.kill()
        reader.communicate()
    remove_unused_arrays(0.0)
    assert left(cache, folders) == set()


def test_what_nobody_opened_for_long_goes_though_there_is_room(cache: Path) -> None:
    folders = made(cache, 1, 2, 3)
    opened(2)
    assert set(remove_unused_arrays(500.0)) == {folders[1].name, folders[3].name}
    assert left(cache, folders) == {2}
    assert remove_unused_arrays(500.0) == ()


def test_what_a_dead_writer_left_goes_and_other_folders_stay(cache: Path) -> None:
    made(cache, 1)
    for name in (".draft-dead", ".draft-alive", ".shapes-0123-of-an-earlier-version", "notes"):
        (cache / name).mkdir()
        os.utime(cache / name, (time.time() - (0 if name == ".draft-alive" else 7200),) * 2)
    remove_unused_arrays(0.0)
    assert {folder.name for folder in cache.iterdir()} == {".draft-alive", "notes"}


def test_making_and_evicting_at_once_always_gives_the_right_arrays(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_PREPARED_BYTES", str(2 * BYTES))
    with ThreadPoolExecutor(4) as pool:
        processes = pool.submit(at_once, 2, MAKER)
        values = list(pool.map(lambda turn: opened(turn % 5)["values"][turn] == turn % 5, range(60)))
        processes.result()
    assert all(values)
    remove_unused_arrays(0.0)
    assert list(cache.iterdir()) == []


def test_all_of_a_kind_can_be_removed_except_what_is_in_use(cache: Path) -> None:
    folders = made(cache, 1, 2)
    cached_arrays("shapes", "a circle", ["values"], lambda: {"values": np.zeros(5)})
    whole = opened(2)
    remove_arrays("own_")
    assert left(cache, folders) == {2}
    assert len(list(cache.glob("shapes-*"))) == 1
    assert whole["values"][0] == 2


def test_without_a_cache_there_is_nothing_to_remove(cache: Path) -> None:
    assert remove_unused_arrays(0.0) == ()
    remove_arrays("own_")
    assert not cache.exists()
