"""Replacements for functions of the app in generated code, with the same results but without caches, storage and messages of the app.

Their source is copied into generated code. `FOLDER` is the folder of that code."""

import hashlib
import json
import urllib.request
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from playground.catalog.datasets import Downloaded, own, packaged
from playground.catalog.datasets.examples import Array, Split
from playground.catalog.sequences import recordings as sequences
from playground.catalog.sequences.recordings import read_ts
from playground.catalog.sequences.vocabulary import padded

FOLDER = Path()
"""The folder of the code and its data; generated code sets it."""


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
    """Load a table from an installed package."""
    path = str(distribution(install).locate_file(f"{package}/{file}"))
    return np.loadtxt(path, dtype=numbers, delimiter=between, skiprows=header, usecols=columns, ndmin=2)


def recordings(file: str, labels: Sequence[str], length: int, features: int) -> Split:
    """Load recordings, padded with NaN, and the index of each one's label."""
    path = Path(str(distribution("sktime").locate_file(f"sktime/datasets/data/{file}")))
    rows = read_ts(path.read_text(encoding="utf-8"))
    targets = np.array([labels.index(label) for _, label in rows], dtype=np.int64)
    return Split(padded([values for values, _ in rows], length), targets)


def downloaded(kind: str, name: str, checksum: str, mirrors: tuple[str, ...]) -> Path:
    """Download a file to the folder of this script, unless it is already there, and verify its checksum."""
    path = FOLDER / kind / name
    path.parent.mkdir(exist_ok=True)
    for mirror in mirrors:
        if path.exists():
            break
        print(f"Downloading {mirror}{name} …")  # noqa: T201
        try:
            urllib.request.urlretrieve(mirror + name, path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        except OSError as error:
            print(f"Download failed: {error}")  # noqa: T201
    if not path.exists():
        raise SystemExit(f"{name} could not be downloaded; put it in {path.parent} and run this again")
    algorithm, digits = checksum.split(":")
    if hashlib.new(algorithm, path.read_bytes()).hexdigest() != digits:
        raise SystemExit(f"{path} is damaged (wrong checksum); delete it and run this again")
    return path


def read_downloaded(self: Any) -> tuple[Array, Array]:
    """All images and their classes, from files that are downloaded on first use."""
    mirrors = self.needs.mirrors
    files = [downloaded(self.name(), name, checksum, mirrors) for name, _, checksum in self.needs.files]
    images, classes = self.parse(files)
    return images, classes.astype(np.int64)


def uploaded(key: str, name: str, suggestion: str, family: str, shape: tuple[int, ...], labels: Sequence[str], symbols: int = 0) -> Any:
    """Your uploaded data: inputs, targets, and a description."""
    path = FOLDER / f"data-{key[:12]}.npz"
    if not path.exists():
        raise SystemExit(f"{path} is missing; it is in the archive that the playground exports")
    with np.load(path, allow_pickle=False) as arrays:
        return SimpleNamespace(inputs=arrays["inputs"], targets=arrays["targets"], description=json.loads(str(arrays["description"])))


STAND_INS = {
    (function.__module__, function.__qualname__): (__name__, replacement.__name__)
    for function, replacement in (
        (packaged.packaged_table, packaged_table),
        (sequences.recordings, recordings),
        (own.uploaded, uploaded),
        (Downloaded.read, read_downloaded),
    )
}
"""Module and name of each function, and of its replacement."""
