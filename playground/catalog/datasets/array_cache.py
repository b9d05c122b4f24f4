"""Datasets as plain arrays on disk, made once and then memory-mapped: thirty runs on one set share its pages."""

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

import numpy as np

from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.settings import settings

_CHECKSUMS = "checksums.json"
_ARRAYS = ("train_inputs", "train_targets", "test_inputs", "test_targets")


def cached(name: str, recipe: str, make: Callable[[], Data], *, keep: int | None = None) -> Data:
    """The data that `make` gives, from the server's data folder where it was made before; made again where a file is damaged.

    recipe: everything that decides what `make` gives; another recipe is another folder. `make` must give the same at every
    call: processes that make it at once replace one another's files, each whole, by the same bytes.
    The call that makes it has it in its own memory, all later ones have it mapped. keep: so many folders of this name stay, the ones last
    made or opened; None for all. Whoever has the files of another mapped keeps them.
    Raises: DataError if the folder cannot be written, and whatever `make` raises."""
    folder = settings().data / "datasets" / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    try:
        data = _open(folder)
        if keep is not None:
            os.utime(folder / _CHECKSUMS)
        return data
    except (OSError, ValueError):  # not there yet, or damaged
        data = make()
    try:
        _write(folder, data)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error}); free its disk, or set PLAYGROUND_DATA to a folder that can be written"
        ) from error
    if keep is not None:
        _forget(folder.parent, name, keep)
    return data


def _forget(parent: Path, name: str, keep: int) -> None:
    """Removes all folders of this name but the last `keep`; one that another process removes at the same time is none of ours."""
    opened = {}
    for file in parent.glob(f"{name}-*/{_CHECKSUMS}"):
        with contextlib.suppress(FileNotFoundError):
            opened[file.parent] = file.stat().st_mtime_ns
    for old in sorted(opened, key=opened.__getitem__)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def _open(folder: Path) -> Data:
    """Raises: OSError or ValueError if a file is missing or is not what was written."""
    expected = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
    if expected != {name: _checksum_now(_file(folder, name)) for name in _ARRAYS}:
        raise ValueError("the files are not what was written")
    train_inputs, train_targets, test_inputs, test_targets = (_map(_file(folder, name)) for name in _ARRAYS)
    return Data(Split(train_inputs, train_targets), Split(test_inputs, test_targets))


def _map(file: Path) -> Array:
    """Pages shared with every other process, the file open for reading only. Mode "c" rather than "r": torch warns of arrays that it could
    not write to; a write would stay in this array."""
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
    """Of a file in this state; read once a process."""
    return zlib.crc32(file.read_bytes())
