"""Plain arrays on disk, created once and then memory-mapped: thirty runs on one dataset share their pages. The cache is bounded: when it is
full, the least recently used folders are deleted (`eviction.py`), unless somebody has mapped them."""

import contextlib
import functools
import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.errors import DataError
from playground.artifacts.eviction import DRAFT, evict, make_room
from playground.artifacts.holding import Hold, held
from playground.settings import settings

_CHECKSUMS = "checksums.json"
_PART_BYTES = 1_000_000
_NAME = re.compile(r"[a-z0-9_]+-[0-9a-f]{12}")

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
    folders of this name to keep, the most recently created or opened ones; None for as many as fit into the cache. As long as any of the
    arrays exists, its folder is kept. make_elsewhere: makes them in another process, which writes them to the same cache.
    Raises: DataError if the folder cannot be written, and whatever `make` raises."""
    folder = _folder_of_all() / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    arrays = _opened(folder, titles)
    if arrays is None and make_elsewhere is not None:
        make_elsewhere()
        arrays = _opened(folder, titles)
    if arrays is None:
        arrays = _made(folder, titles, make)
        if keep is not None:
            _forget(folder.parent, name, keep)
    return arrays


def remove_unused_arrays(unused_seconds: float) -> tuple[str, ...]:
    """Deletes folders that nobody has opened for so long, and what does not fit into the cache. Returns their names. Raises: OSError."""
    folder = _folder_of_all()
    return make_room(folder, _NAME, settings().prepared_bytes, unused_seconds=unused_seconds) if folder.is_dir() else ()


def remove_arrays(prefix: str) -> None:
    """Deletes the folders whose names begin so, unless somebody holds them; they are made again when needed. Raises: OSError."""
    for folder in _folder_of_all().glob(f"{prefix}*"):
        if _NAME.fullmatch(folder.name):
            evict(folder)


def _folder_of_all() -> Path:
    return settings().data / "datasets"


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
        make_room(folder.parent, _NAME, settings().prepared_bytes, {folder.name})
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error}); free some disk space, or set PLAYGROUND_DATA to a writable folder"
        ) from error
    mapped = _opened(folder, titles)
    return arrays if mapped is None else mapped


def _forget(parent: Path, name: str, keep: int) -> None:
    """Removes all but the `keep` most recent folders of this name that nobody holds; what another process removes meanwhile is ignored."""
    opened = {}
    for folder in parent.glob(f"{name}-*"):
        with contextlib.suppress(FileNotFoundError):
            opened[folder] = folder.stat().st_mtime_ns
    for old in sorted(opened, key=opened.__getitem__)[:-keep]:
        with contextlib.suppress(OSError):
            evict(old)


def _open(folder: Path, titles: Sequence[str]) -> Arrays:
    """Raises: OSError or ValueError if a file is missing or has changed."""
    hold = held(folder)
    if hold is None:
        raise FileNotFoundError(folder)
    expected = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
    if expected != {title: _checksum_now(_file(folder, title)) for title in titles}:
        raise ValueError("the files have changed")
    arrays = {title: _map(_file(folder, title)) for title in titles}
    for array in arrays.values():
        vars(array)["hold"] = hold  # views of an array keep it, and it keeps the folder
    with contextlib.suppress(OSError):  # a read-only data folder; nothing is removed from it either
        os.utime(folder)
    return arrays


def _map(file: Path) -> NDArray[Any]:
    """Pages are shared between processes; the file is opened read-only. Mode "c" (copy on write) instead of "r", because torch warns about
    arrays that are not writable."""
    array: NDArray[Any] = np.load(file, mmap_mode="c", allow_pickle=False)
    return array


def _write(folder: Path, arrays: Arrays) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=folder.parent) as name:
        draft = Path(name)
        for title, array in arrays.items():
            np.save(_file(draft, title), np.ascontiguousarray(array))
        checksums = {title: _checksum_now(_file(draft, title)) for title in arrays}
        (draft / _CHECKSUMS).write_text(json.dumps(checksums), encoding="utf-8")
        with _held(folder):
            for file in (*(_file(draft, title).name for title in arrays), _CHECKSUMS):
                (draft / file).replace(folder / file)


def _held(folder: Path) -> Hold:
    """Makes the folder, or another one as soon as it has been deleted, and holds it."""
    while True:
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        hold = held(folder)
        if hold is not None:
            return hold
        if folder.is_file():
            raise NotADirectoryError(folder)


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
