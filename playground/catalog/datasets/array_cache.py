"""Datasets as plain arrays on disk, created once and then memory-mapped: thirty runs on one dataset share its pages."""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.settings import settings

if TYPE_CHECKING:
    from playground.catalog.datasets.base import Dataset

_CHECKSUMS = "checksums.json"
_PART_BYTES = 1_000_000
_ARRAYS = ("train_inputs", "train_targets", "test_inputs", "test_targets")


class Generator:
    """generate: generates `dataset.examples()` in another process, which writes them to the cache. A server sets it so that it stays
    responsive; if it is None, this process generates them."""

    generate: Callable[["Dataset"], None] | None = None


def cached(name: str, recipe: str, make: Callable[[], Data], *, keep: int | None = None, dataset: "Dataset | None" = None) -> Data:
    """The result of `make`, memory-mapped, read from the server's data folder if it is cached there; made again if a file is damaged.

    recipe: everything that determines the result; each recipe has its own folder. `make` must be deterministic: processes that
    run it concurrently replace one another's files, each atomically, with the same bytes. keep: how many folders of this name to
    keep, the most recently created or opened ones; None for all. Files that are already mapped stay usable after their folder is removed.
    dataset: whose examples these are, if they take long to generate (see `Generator`).
    Raises: DataError if the folder cannot be written, and whatever `make` raises."""
    folder = settings().data / "datasets" / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    data = _opened(folder)
    if data is None and dataset is not None and Generator.generate is not None:
        Generator.generate(dataset)
        data = _opened(folder)
    if data is None:
        data = _made(folder, make)
        if keep is not None:
            _forget(folder.parent, name, keep)
    elif keep is not None:
        with contextlib.suppress(FileNotFoundError):  # another process may remove it just now
            os.utime(folder / _CHECKSUMS)
    return data


def _opened(folder: Path) -> Data | None:
    """The data; None if they are missing or damaged."""
    try:
        return _open(folder)
    except (OSError, ValueError):
        return None


def _made(folder: Path, make: Callable[[], Data]) -> Data:
    data = make()
    try:
        _write(folder, data)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error}); free some disk space, or set PLAYGROUND_DATA to a writable folder"
        ) from error
    mapped = _opened(folder)
    return data if mapped is None else mapped


def _forget(parent: Path, name: str, keep: int) -> None:
    """Removes all but the `keep` most recent folders of this name; folders that another process removes meanwhile are ignored."""
    opened = {}
    for file in parent.glob(f"{name}-*/{_CHECKSUMS}"):
        with contextlib.suppress(FileNotFoundError):
            opened[file.parent] = file.stat().st_mtime_ns
    for old in sorted(opened, key=opened.__getitem__)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def _open(folder: Path) -> Data:
    """Raises: OSError or ValueError if a file is missing or has changed."""
    expected = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
    if expected != {name: _checksum_now(_file(folder, name)) for name in _ARRAYS}:
        raise ValueError("the files have changed")
    train_inputs, train_targets, test_inputs, test_targets = (_map(_file(folder, name)) for name in _ARRAYS)
    return Data(Split(train_inputs, train_targets), Split(test_inputs, test_targets))


def _map(file: Path) -> Array:
    """Pages are shared between processes; the file is opened read-only. Mode "c" (copy on write) instead of "r", because torch warns about
    arrays that are not writable."""
    array: Array = np.load(file, mmap_mode="c", allow_pickle=False)
    return array


def _write(folder: Path, data: Data) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    arrays = (data.train.inputs, data.train.targets, data.test.inputs, data.test.targets)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
        draft = Path(name)
        for title, array in zip(_ARRAYS, arrays, strict=True):
            np.save(_file(draft, title), np.ascontiguousarray(array))
        checksums = {title: _checksum_now(_file(draft, title)) for title in _ARRAYS}
        (draft / _CHECKSUMS).write_text(json.dumps(checksums), encoding="utf-8")
        for file in (*(_file(draft, title).name for title in _ARRAYS), _CHECKSUMS):
            (draft / file).replace(folder / file)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"


def _checksum_now(file: Path) -> int:
    state = file.stat()
    return _checksum(file, state.st_mtime_ns, state.st_size, state.st_ino)


@functools.lru_cache(maxsize=64)
def _checksum(file: Path, _mtime_ns: int, _size: int, _inode: int) -> int:
    """Checksum of a file in this state; read once per process."""
    checksum = 0
    with file.open("rb") as content:
        while part := content.read(_PART_BYTES):
            checksum = zlib.crc32(part, checksum)
    return checksum
