"""Arbitrary bytes give a result or our own error, and nothing is stored."""

import contextlib
import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.own import ImageChoices, OwnDataError, arrangements, guess, prepare_images, prepare_table, read_table
from tests.own.examples import noise_png, zipped

QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

CELLS = st.one_of(
    st.sampled_from(["1", "2.5", "1,5", "", "NA", "?", "x", "=1", "inf", "1e999", "a b", '"', "2024-01-01", "\u202e", "-"]),
    st.text(max_size=5),
)
TABLES = st.builds(
    lambda rows, delimiter, encoding, end: end.join(delimiter.join(row) for row in rows).encode(encoding, "replace"),
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return tmp_path


@QUIET
@given(content=st.one_of(st.binary(max_size=200), TABLES))
def test_any_bytes_as_a_table(folder: Path, content: bytes) -> None:
    try:
        draft = read_table(content)
        draft.first_rows()
        for column in draft.columns:
            assert sum(column.histogram().counts) == draft.rows - column.missing
        prepared = prepare_table(draft, guess(draft))
        for part in (prepared.data.train, prepared.data.test):
            assert np.isfinite(part.inputs).all()
            assert np.isfinite(part.targets).all()
            assert len(part) > 0
    except OwnDataError:
        pass
    assert list(folder.iterdir()) == []


ARCHIVE = zipped({"cat/a.png": noise_png(0, 4), "dog/b.png": noise_png(1, 4), "dog/c.png": noise_png(3, 4)})
STORED = zipped({"cat/a.png": noise_png(0, 4), "dog/b.png": noise_png(1, 4)}, zipfile.ZIP_STORED)
DAMAGES = st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), min_size=1, max_size=6)


def damaged(content: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    result = bytearray(content)
    for place, value in changes:
        result[place % len(result)] = value
    return bytes(result[: len(result) - cut % len(result)])


@QUIET
@given(content=st.one_of(
    st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
    st.builds(damaged, st.sampled_from([ARCHIVE, STORED]), DAMAGES, st.one_of(st.just(0), st.integers(0, 300))),
))  # fmt: skip
def test_any_bytes_as_an_archive(folder: Path, content: bytes) -> None:
    try:
        prepared = prepare_images([("x.zip", content)], ImageChoices(side=28))
        assert sum(prepared.counts.values()) >= 2
    except OwnDataError:
        pass
    assert list(folder.iterdir()) == []


@QUIET
@given(changes=DAMAGES, cut=st.integers(0, 100), names=st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2, unique=True))
def test_any_bytes_as_an_image(folder: Path, changes: list[tuple[int, int]], cut: int, names: list[str]) -> None:
    files = [(f"{name}.png", damaged(noise_png(seed, 4), changes if seed else [], cut if seed else 0)) for seed, name in enumerate(names)]
    with contextlib.suppress(OwnDataError):
        prepare_images(files)
    assert list(folder.iterdir()) == []


PATHS = st.lists(st.text("ab/_ .-()1@\\é", min_size=1, max_size=12), min_size=1, max_size=8, unique=True)


@QUIET
@given(
    paths=PATHS,
    ending=st.sampled_from([".png", "", ".txt"]),
    text=st.one_of(st.binary(max_size=80), st.text('a1,;{}[]":\n\t', max_size=80)),
)
def test_any_paths_and_any_list_of_classes(folder: Path, paths: list[str], ending: str, text: bytes | str) -> None:
    """Every image has a class or a reason why it has none."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that occur twice
        for path in paths:
            archive.writestr(path + ending, noise_png(0, 4))
        archive.writestr("list.csv", text)
    with contextlib.suppress(OwnDataError):
        for reading in arrangements([("x.zip", out.getvalue())]):
            assert [label is None for label in reading.classes] == [bool(reason) for reason in reading.reasons]
