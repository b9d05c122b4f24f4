"""Tables included in installed packages, read without importing the package (some would import pandas and matplotlib)."""

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
    """The table `file` in `package`, gzipped or not, which must have exactly this shape. install: the package's name for pip. between: the
    delimiter, None for whitespace. header: number of lines before the first row.

    Raises: DataError if the package or the file is missing or damaged, naming the file and what to do."""
    module = find_spec(package)
    if module is None or not module.submodule_search_locations:
        raise DataError(f"{file} is missing because the package {install} is not installed; run: pip install {install}")
    path = Path(module.submodule_search_locations[0], file)
    suggestion = f"reinstall the package: pip install --force-reinstall --no-deps {install}"
    try:
        table = np.loadtxt(path, dtype=numbers, delimiter=between, skiprows=header, ndmin=2)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({str(error) or type(error).__name__}); {suggestion}") from error
    if table.shape != shape:
        raise DataError(f"{path}: expected a table of {shape[0]:,} × {shape[1]}, found {table.shape[0]:,} × {table.shape[1]}; {suggestion}")
    return table
