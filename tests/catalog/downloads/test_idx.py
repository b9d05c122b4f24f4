"""The file format of MNIST, intact and damaged."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from playground.catalog.datasets import DataError
from playground.catalog.datasets.idx import read_idx
from tests.catalog.downloads.damaged import assert_reported_with_a_suggestion
from tests.catalog.tiny_files import idx

SHAPE = (3, 4, 5)
ARRAY = np.arange(60, dtype=np.uint8).reshape(SHAPE)


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


UNPACKED = gzip.decompress(idx(ARRAY))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an IDX file"),
        (b"no gzip at all", "cannot be read"),
        (idx(ARRAY)[:-10], "cannot be read"),
        (idx(ARRAY)[:-8] + b"\0" * 8, "cannot be read"),
        (packed(b"\x01" + UNPACKED[1:]), "begins with 01000803 instead of 00000803"),
        (packed(UNPACKED[:2] + b"\x0d" + UNPACKED[3:]), "begins with 00000d03 instead of 00000803"),
        (idx(ARRAY.reshape(3, 20)), "not an IDX file of bytes in 3 dimensions"),
        (packed(UNPACKED[:10]), "ends within its first 16 bytes"),
        (idx(ARRAY[:2]), "expected 3 × 4 × 5 numbers, found 2 × 4 × 5"),
        (packed(UNPACKED[:-1]), "has 59 of 60 numbers"),
        (packed(UNPACKED + b"x"), "has more than 60 numbers"),
        (packed(UNPACKED[:4] + b"\xff" * 12 + UNPACKED[16:]), "expected 3 × 4 × 5 numbers, found 4,294,967,295 ×"),
        (packed(UNPACKED + b"\0" * 10**7), "has more than 60 numbers"),
    ],
    ids=[
        "empty",
        "no gzip",
        "cut short",
        "wrong crc",
        "magic",
        "type",
        "dimensions",
        "in its head",
        "fewer",
        "less",
        "more",
        "vast",
        "bomb",
    ],
)
def test_a_damaged_idx_file_is_reported_with_a_suggestion(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    assert_reported_with_a_suggestion(path, words, lambda: read_idx(path, SHAPE))


def test_idx_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(idx(ARRAY))
    assert np.array_equal(read_idx(path, SHAPE), ARRAY)
    with pytest.raises(DataError, match=r"nothing\.gz: cannot be read"):
        read_idx(tmp_path / "nothing.gz", SHAPE)
