"""Disk space of folders."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def folder_bytes(folder: Path) -> int:
    """The bytes of all files in a folder and below. A file with two names, such as a snapshot that is part of the history, counts once."""
    sizes: dict[int, int] = {}
    for entry in files_below(folder):
        with suppress(FileNotFoundError):
            state = entry.stat(follow_symlinks=False)
            sizes[state.st_ino] = state.st_size
    return sum(sizes.values())


def files_below(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All files in a folder and below, none if it is not there."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(Path(entry.path))
        else:
            yield entry
