"""Room for what users bring: what was used least lately goes, where nobody holds it."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playground.catalog.datasets.holding import alone

DRAFT, EVICTED = ".draft-", ".evicted-"
"""How the names of folders begin that are not kept sets: one being written, one being deleted."""
_KEY = re.compile(r"[0-9a-f]{64}")
_LEFT_BEHIND_SECONDS = 3600.0
"""A draft that old was left by a process that ended in the midst of it."""


@dataclass(frozen=True)
class _Kept:
    folder: Path
    bytes: int
    used: float
    """When, by the file system's clock."""


def make_room(store: Path, most_bytes: int, spared: str) -> tuple[str, ...]:
    """Deletes sets from the store, those used least lately first, until the others have `most_bytes` together, or all that are left are
    held or spared. Gives their names. One process at a time.

    spared: the name of the set that somebody waits for just now. Raises: OSError."""
    with _alone(store):
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


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    descriptor = os.open(store, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sets(store: Path) -> Iterator[_Kept]:
    for folder in store.iterdir():
        if _KEY.fullmatch(folder.name):
            with suppress(FileNotFoundError, NotADirectoryError):  # it was damaged, and somebody puts a whole one into its place
                yield _Kept(folder, _size(folder), folder.stat().st_mtime)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _evict(folder: Path) -> bool:
    """Whether it was deleted. Moved away first: nobody finds half a set."""
    hold = alone(folder)
    if hold is None:
        return False
    with hold:
        grave = Path(tempfile.mkdtemp(prefix=EVICTED, dir=folder.parent))
        folder.rename(grave / folder.name)
    shutil.rmtree(grave, ignore_errors=True)
    return True


def _sweep(store: Path) -> None:
    """What processes left that ended in the midst of writing or deleting."""
    for folder in store.iterdir():
        with suppress(FileNotFoundError):
            old = time.time() - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS
            if folder.name.startswith(EVICTED) or (folder.name.startswith(DRAFT) and old):
                shutil.rmtree(folder, ignore_errors=True)
