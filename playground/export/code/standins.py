"""What generated code has in the place of functions that only the app needs: the same results, without its caches, its store and its words.

Their source goes into generated code as it stands. `FOLDER` is where the code lies."""

import hashlib
import json
import urllib.request
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from playground.catalog.datasets.examples import Array

FOLDER = Path()
"""Of the code and what it reads and writes; generated code says it itself."""


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
    """The table `file` that comes inside an installed package."""
    return np.loadtxt(str(files(package) / file), dtype=numbers, delimiter=between, skiprows=header, ndmin=2)


def downloaded(kind: str, name: str, checksum: str, mirrors: tuple[str, ...]) -> Path:
    """The path of a file beside this code, fetched from the first mirror that has it, once, and checked."""
    path = FOLDER / kind / name
    path.parent.mkdir(exist_ok=True)
    for mirror in mirrors:
        if path.exists():
            break
        print(f"Fetching {mirror}{name} …")  # noqa: T201
        try:
            urllib.request.urlretrieve(mirror + name, path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        except OSError as error:
            print(f"That did not work: {error}")  # noqa: T201
    if not path.exists():
        raise SystemExit(f"{name} could not be fetched; put it into {path.parent} yourself")
    algorithm, digits = checksum.split(":")
    if hashlib.new(algorithm, path.read_bytes()).hexdigest() != digits:
        raise SystemExit(f"{path} is not the file that it should be; remove it and run this again")
    return path


def read_downloaded(self: Any) -> tuple[Array, Array]:
    """All images and their classes, from files that are fetched where they are not here yet."""
    files = [downloaded(self.name(), name, checksum, self.needs.mirrors) for name, _, checksum in self.needs.files]
    images, classes = self.parse(files)
    return images, classes.astype(np.int64)


def brought(key: str, name: str, what: str, family: str, shape: tuple[int, ...], labels: Sequence[str]) -> Any:
    """Data that somebody brought: inputs, targets, and what belongs to them."""
    path = FOLDER / f"data-{key[:12]}.npz"
    if not path.exists():
        raise SystemExit(f"{path} is missing: take your data along from the playground, and put the file there")
    with np.load(path, allow_pickle=False) as arrays:
        return SimpleNamespace(inputs=arrays["inputs"], targets=arrays["targets"], description=json.loads(str(arrays["description"])))


STAND_INS = {
    ("playground.catalog.datasets.packaged", "packaged_table"): (__name__, "packaged_table"),
    ("playground.catalog.datasets.own", "brought"): (__name__, "brought"),
    ("playground.catalog.datasets.downloaded", "Downloaded.read"): (__name__, "read_downloaded"),
}
"""By the place of what they stand for: module and name."""
