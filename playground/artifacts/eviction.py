"""Make room for uploads: the least recently used ones are deleted, unless someone holds them."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from playground.artifacts.holding import alone

DRAFT, EVICTED = ".draft-", ".evicted-"
"""Prefixes of folders that are not stored uploads: one being written, one being deleted."""
_KEY = re.compile(r"[0-9a-f]{64}")
_LEFT_BEHIND_SECONDS = 3600.0
"""A draft older than this was left by a process that ended while writing it."""


@dataclass(frozen=True)
class _Kept:
    folder: Path
    bytes: int
    used: float
    """Time of last use, by the file system's clock."""


def make_room(store: Path, most_bytes: int, spared: str) -> tuple[str, ...]:
    """Deletes uploads from the store, the least recently used first, until the rest fit into `most_bytes`, or all that remain are held or
    spared. Returns the names of the deleted ones. One process at a time.

    spared: name of the upload that is needed right now. Raises: OSError."""
    with FileLock(store.with_name(f".{store.name}.lock")):
        _sweep(store)
        kept = sorted(_sets(store), key=lambda each: each.used)
        total = sum(each.bytes for each in kept)
        gone = []
        for each in kept:
            if total <= most_bytes:
                break
            if each.folder.name != spared and _evict(each.folder):
                gone.append(each.folder.name)
                total -= each.bytes
        return tuple(gone)


def _sets(store: Path) -> Iterator[_Kept]:
    for folder in store.iterdir():
        if _KEY.fullmatch(folder.name):
            with suppress(FileNotFoundError, NotADirectoryError):  # it was damaged, and another process is replacing it
                yield _Kept(folder, _size(folder), folder.stat().st_mtime)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _evict(folder: Path) -> bool:
    """Returns whether it was deleted. It is moved away first, so that nobody sees an incomplete upload."""
    hold = alone(folder)
    if hold is None:
        return False
    with hold:
        grave = Path(tempfile.mkdtemp(prefix=EVICTED, dir=folder.parent))
        folder.rename(grave / folder.name)
    shutil.rmtree(grave, ignore_errors=True)
    return True


def _sweep(store: Path) -> None:
    """Removes what processes left behind that ended while writing or deleting."""
    for folder in store.iterdir():
        with suppress(FileNotFoundError):
            old = time.time() - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS
            if folder.name.startswith(EVICTED) or (folder.name.startswith(DRAFT) and old):
                shutil.rmtree(folder, ignore_errors=True)
