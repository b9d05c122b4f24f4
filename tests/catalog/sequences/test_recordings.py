"""The files of sktime, against another reading of them."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from playground.catalog.datasets import DataError
from playground.catalog.sequences import recordings as module
from playground.catalog.sequences.recordings import airline, heartbeats, read_ts, recordings

SPEAKERS = tuple("123456789")


def folder() -> Path:
    spec = find_spec("sktime")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0], "datasets/data")


@pytest.mark.parametrize(("part", "counts", "longest"), [("TRAIN", [30] * 9, 26), ("TEST", [31, 35, 88, 44, 29, 24, 40, 50, 29], 29)])
def test_utterances_of_nine_speakers(part: str, counts: list[int], longest: int) -> None:
    """Their numbers are those of the UCI repository."""
    split = recordings(f"JapaneseVowels/JapaneseVowels_{part}.ts", SPEAKERS, 29, 12)
    assert np.bincount(split.targets).tolist() == counts
    steps = np.isfinite(split.inputs)
    assert (steps == steps[:, :, :1]).all()  # a step has all its coefficients or none
    lengths = steps[:, :, 0].sum(axis=1)
    assert (lengths.min(), lengths.max()) == (7, longest)
    assert (steps[:, :, 0] == (np.arange(29) < lengths[:, None])).all()  # padding comes after the end
    lines = [line for line in (folder() / f"JapaneseVowels/JapaneseVowels_{part}.ts").read_text().splitlines() if line[0] not in "#@"]
    third = np.array([[float(value) for value in feature.split(",")] for feature in lines[2].split(":")[:-1]])
    np.testing.assert_allclose(split.inputs[2, : lengths[2]], third.T, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "labels", "length", "features", "sizes"),
    [("BasicMotions", ("Standing", "Running", "Walking", "Badminton"), 100, 6, (40, 40)), ("GunPoint", ("1", "2"), 150, 1, (50, 150))],
)
def test_movements(name: str, labels: tuple[str, ...], length: int, features: int, sizes: tuple[int, int]) -> None:
    train, test = (recordings(f"{name}/{name}_{part}.ts", labels, length, features) for part in ("TRAIN", "TEST"))
    assert (len(train), len(test)) == sizes
    for split in (train, test):
        assert split.inputs.shape[1:] == (length, features)
        assert np.isfinite(split.inputs).all()
        assert set(split.targets) == set(range(len(labels)))
    assert not {row.tobytes() for row in train.inputs} & {row.tobytes() for row in test.inputs}


def test_series() -> None:
    assert airline().shape == (144, 1)
    np.testing.assert_allclose(airline()[[0, -1], 0], [1.12, 4.32])  # January 1949, December 1960
    beats = heartbeats()[:, 0]
    assert beats.shape == (7500,)
    peaks = np.flatnonzero((beats[1:-1] > 0.6) & (beats[1:-1] >= beats[:-2]) & (beats[1:-1] > beats[2:]))
    rate = 60 * 360 / np.median(np.diff(peaks))
    assert 60 < rate < 90  # beats a minute, of a person at rest


def test_a_file_is_read_feature_by_feature() -> None:
    (first, one), (second, two) = read_ts("# comment\n@data\n1,2,3:4,5,6:up\n\n7:8:down\n")
    np.testing.assert_array_equal(first, [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(second, [[7, 8]])
    assert (one, two) == ("up", "down")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it has no recordings"),
        ("1,2:1\n", "recording 1 has 2 × 1 values, expected at most 29 × 12"),
        (":".join(["1"] * 12) + ":10\n", "label '10', expected one of 1, 2"),
        ("1,2:3:1\n", "line 1: all input arrays"),
        ("# x\n1,?:1\n", "line 2: could not convert"),
        ("1,nan:1\n", "line 1: a value is missing"),
        ("1\n", "line 1: need at least one array"),
        (b"\xff\xfe", "codec can't decode"),
        (None, "No such file"),
    ],
)
def test_a_damaged_file_says_what_to_do(content: str | bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.ts"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.setattr(module, "packaged_file", lambda *_: file)
    with pytest.raises(DataError, match=f"(?s)x.ts: .*{message}.*pip install --force-reinstall --no-deps sktime"):
        recordings("x.ts", SPEAKERS, 29, 12)


def test_without_the_package_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.catalog.datasets.packaged.find_spec", lambda _: None)
    for read in (airline, heartbeats, lambda: recordings("x.ts", SPEAKERS, 29, 12)):
        with pytest.raises(DataError, match="pip install sktime"):
            read()
