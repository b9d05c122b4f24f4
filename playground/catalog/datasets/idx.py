"""IDX, the file format of MNIST (LeCun, Cortes & Burges: the MNIST database of handwritten digits)."""

import gzip
import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from playground.catalog.datasets.downloaded import again
from playground.catalog.datasets.examples import Array, DataError

_UNSIGNED_BYTES = 0x08


def read_idx(path: Path, shape: Sequence[int]) -> Array:
    """The array of unsigned bytes in a gzipped file; it must have exactly this shape. Reads no more than that.

    Raises: DataError naming the file, the problem, and what to do."""
    start = bytes([0, 0, _UNSIGNED_BYTES, len(shape)])
    header, count = len(start) + 4 * len(shape), math.prod(shape)
    try:
        with gzip.open(path) as file:
            content = file.read(header + count + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({str(error) or type(error).__name__}); {again(path)}") from error
    if content[:4] != start:
        begins = f"begins with {content[:4].hex()} instead of {start.hex()}"
        raise DataError(f"{path}: not an IDX file of bytes in {len(shape)} dimensions ({begins}); {again(path)}")
    if len(content) < header:
        raise DataError(f"{path}: ends within its first {header} bytes; {again(path)}")
    sizes = tuple(np.frombuffer(content[4:header], ">u4").tolist())
    if sizes != tuple(shape):
        raise DataError(f"{path}: expected {_times(shape)} numbers, found {_times(sizes)}; {again(path)}")
    if len(content) != header + count:
        more = "more than" if len(content) > header + count else f"{len(content) - header:,} of"
        raise DataError(f"{path}: has {more} {count:,} numbers; {again(path)}")
    return np.frombuffer(content, np.uint8, count, header).reshape(shape)


def _times(shape: Sequence[int]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
