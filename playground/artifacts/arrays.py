"""Plain arrays on disk, created once and then memory-mapped: thirty runs on one dataset share their pages."""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.errors import DataError
from playground.settings import settings

_CHECKSUMS = "checksums.json"
_PART_BYTES = 1_000_000

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name."""


def cached_arrays(
    name: str,
    recipe: str,
    titles: Sequence[str],
    make: Callable[[], Arrays],
    *,
    keep: int | None = None,
    make_elsewhere: Callable[[], None] | None = None,
) -> Arrays:
    """The result of `make`, memory-mapped, read from the server's data folder if it is cached there; made again if a file is damaged.

    recipe: everything that determines the result; each recipe has its own folder. titles: names of the arrays. `make` must be
    deterministic: processes that run it concurrently replace one another's files, each atomically, with the same bytes. keep: how many
    folders of this name to keep, the most recently created or opened ones; None for all. Files that are already mapped stay usable after
    their folder is removed. make_elsewhere: makes them in another process, which writes them to the same cache.
    Raises: DataError if the folder cannot be written, and whatever `make` raises."""
    folder = settings().data / "datasets" / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    arrays = _opened(folder, titles)
    if arrays is None and make_elsewhere is not None:
        make_elsewhere()
        arrays = _opened(folder, titles)
    if arrays is None:
        arrays = _made(folder, titles, make)
        if keep is not None:
            _forget(folder.parent, name, keep)
    elif keep is not None:
        with contextlib.suppress(FileNotFoundError):  # another process may remove it just now
            os.utime(folder / _CHECKSUMS)
    return arrays


def _opened(folder: Path, titles: Sequence[str]) -> Arrays | None:
    """The arrays; None if they are missing or damaged."""
    try:
        return _open(folder, titles)
    except (OSError, ValueError):
        return None


def _made(folder: Path, titles: Sequence[str], make: Callable[[], Arrays]) -> Arrays:
    arrays = make()
    try:
        _write(folder, arrays)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error}); free some disk space, or set PLAYGROUND_DATA to a writable folder"
        ) from error
    mapped = _opened(folder, titles)
    return arrays if mapped is None else mapped


def _forget(parent: Path, name: str, keep: int) -> None:
    """Removes all but the `keep` most recent folders of this name; folders that another process removes meanwhile are ignored."""
    opened = {}
    for file in parent.glob(f"{name}-*/{_CHECKSUMS}"):
        with contextlib.suppress(FileNotFoundError):
            opened[file.parent] = file.stat().st_mtime_ns
    for old in sorted(opened, key=opened.__getitem__)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def _open(folder: Path, titles: Sequence[str]) -> Arrays:
    """Raises: OSError or ValueError if a file is missing or has changed."""
    expected = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
    if expected != {title: _checksum_now(_file(folder, title)) for title in titles}:
        raise ValueError("the files have changed")
    return {title: _map(_file(folder, title)) for title in titles}


def _map(file: Path) -> NDArray[Any]:
    """Pages are shared between processes; the file is opened read-only. Mode "c" (copy on write) instead of "r", because torch warns about
    arrays that are not writable."""
    array: NDArray[Any] = np.load(file, mmap_mode="c", allow_pickle=False)
    return array


def _write(folder: Path, arrays: Arrays) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
        draft = Path(name)
        for title, array in arrays.items():
            np.save(_file(draft, title), np.ascontiguousarray(array))
        checksums = {title: _checksum_now(_file(draft, title)) for title in arrays}
        (draft / _CHECKSUMS).write_text(json.dumps(checksums), encoding="utf-8")
        for file in (*(_file(draft, title).name for title in arrays), _CHECKSUMS):
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
