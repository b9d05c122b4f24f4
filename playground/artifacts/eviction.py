"""Make room in a store, a folder of folders such as uploads and prepared arrays: the least recently used ones are deleted, unless someone
holds them."""

import math
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from playground.artifacts.holding import alone

DRAFT, EVICTED = ".draft-", ".evicted-"
"""Prefixes of folders that are not stored: one being written, one being deleted."""
_LEFT_BEHIND_SECONDS = 3600.0
"""A draft older than this was left by a process that ended while writing it."""


@dataclass(frozen=True)
class _Kept:
    folder: Path
    bytes: int
    used: float
    """Time of last use, by the file system's clock."""


def make_room(
    store: Path, names: re.Pattern[str], most_bytes: int, spared: Collection[str] = (), unused_seconds: float = math.inf
) -> tuple[str, ...]:
    """Deletes folders from the store, the least recently used first: those that nobody used for `unused_seconds`, and as many as it takes
    until the rest fit into `most_bytes`, or all that remain are held or spared. Returns the names of those deleted. One process at a time.

    names: of folders of the store; others are left alone. spared: names of folders that must stay. Raises: OSError."""
    with FileLock(store.with_name(f".{store.name}.lock")):
        _sweep(store)
        kept = sorted(_folders(store, names), key=lambda each: each.used)
        total = sum(each.bytes for each in kept)
        oldest = time.time() - unused_seconds
        gone = []
        for each in kept:
            if total <= most_bytes and each.used >= oldest:
                break
            if each.folder.name not in spared and evict(each.folder):
                gone.append(each.folder.name)
                total -= each.bytes
        return tuple(gone)


def evict(folder: Path) -> bool:
    """Deletes a folder of a store. Returns whether nobody held it. It is moved away first, so that nobody sees an incomplete one."""
    hold = alone(folder)
    if hold is None:
        return False
    with hold:
        grave = Path(tempfile.mkdtemp(prefix=EVICTED, dir=folder.parent))
        folder.rename(grave / folder.name)
    shutil.rmtree(grave, ignore_errors=True)
    return True


def _folders(store: Path, names: re.Pattern[str]) -> Iterator[_Kept]:
    for folder in store.iterdir():
        if names.fullmatch(folder.name):
            with suppress(FileNotFoundError, NotADirectoryError):  # it was damaged, and another process is replacing it
                yield _Kept(folder, _size(folder), folder.stat().st_mtime)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _sweep(store: Path) -> None:
    """Removes what processes left behind that ended while writing or deleting."""
    for folder in store.iterdir():
        with suppress(FileNotFoundError):
            old = time.time() - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS
            if folder.name.startswith(EVICTED) or (folder.name.startswith(".") and old):
                shutil.rmtree(folder, ignore_errors=True)
