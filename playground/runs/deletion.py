"""Deleting a run: its rows in the database and its directory.

The directory is renamed before the rows are deleted for good, and removed afterwards. A process that ends in between leaves either a whole
run or a directory whose new name says that it is to be deleted, and `finish` does the rest. A directory that merely has no rows is never
deleted: the server may have been started with another database.

Several servers may share the database and have a folder each. Each one announces and deletes for want of space only runs whose files are in
its own folder, and `finish` deletes the files of runs that were deleted on another server. Copies of the files of others, fetched from the
storage, do not count as a run's: they are removed after a day, and fetched again if somebody asks for them."""

import shutil
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from playground.artifacts.copies import delete_later
from playground.artifacts.disk_space import files_below, folder_bytes
from playground.artifacts.storage import fetched_seconds
from playground.runs.database import StoreError
from playground.runs.retention import Limits, plan
from playground.runs.store import Store

_DELETED = ".deleted-"
_PART_SECONDS = 3600.0
"""A file that is still incomplete after this time was left by a process that ended while writing it."""
_COPY_SECONDS = 86_400.0
"""How long a copy of another server's run stays here."""


class Deletion:
    """folder: the directories of all runs."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    def delete(self, run_id: str, server: str = "") -> bool:
        """Deletes a run that has ended. Returns whether there was one. server: of its runs, also one that is not stored as ended yet.

        Raises: StoreError if the database refuses, OSError if its directory cannot be renamed; then the run is still there."""
        directory, grave = self._folder / run_id, self._folder / (_DELETED + run_id)
        try:
            with self._store.deleting(run_id, server) as found:
                if found and directory.exists():
                    directory.rename(grave)
        except StoreError:
            _renamed(grave, directory)
            raise
        if found:
            _remove(grave, run_id)
        return found

    def finish(self) -> None:
        """Finishes deletions that a process began before it ended, or another server of the database did. Raises: StoreError."""
        deleted = self._store.deleted()
        for directory in self._directories():
            if directory.name in deleted:
                _renamed(directory, self._folder / (_DELETED + directory.name))
        for grave in self._graves():
            run_id = grave.name.removeprefix(_DELETED)
            with self._store.deleting(run_id):
                pass
            if self._store.get(run_id) is None:
                _remove(grave, run_id)
            else:  # it does not count as ended any more
                _renamed(grave, self._folder / run_id)

    def due(self, limits: Limits, now: datetime) -> tuple[str, ...]:
        """Announces what will be deleted, and returns what is to be deleted now. Raises: StoreError."""
        ended, sizes = self._store.ended(), self._sizes()
        runs = [replace(run, bytes=sizes.pop(run.id, None)) for run in ended]
        planned = plan(runs, sum(sizes.values()), limits, now)
        self._store.announce(planned.announced)
        return planned.deleted

    def _sizes(self) -> dict[str, int]:
        """The bytes of each run's files, by its id. Also removes what processes left that ended while writing, and old copies."""
        sizes = {}
        for directory in self._directories():
            age = fetched_seconds(directory)
            if age is None:
                sizes[directory.name] = _size(directory)
            elif age > _COPY_SECONDS:
                shutil.rmtree(directory, ignore_errors=True)
        return sizes

    def _directories(self) -> list[Path]:
        return [path for path in self._all() if not path.name.startswith(".")]

    def _graves(self) -> list[Path]:
        return [path for path in self._all() if path.name.startswith(_DELETED)]

    def _all(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []


def _remove(grave: Path, run_id: str) -> None:
    with suppress(OSError):  # a full disk; `finish` tries again
        delete_later("runs", run_id)
        shutil.rmtree(grave, ignore_errors=True)


def _renamed(directory: Path, to: Path) -> None:
    with suppress(OSError):  # `finish` tries again
        directory.rename(to)


def _size(directory: Path) -> int:
    for entry in files_below(directory):
        with suppress(FileNotFoundError):
            if entry.name.endswith(".part") and time.time() - entry.stat(follow_symlinks=False).st_mtime > _PART_SECONDS:
                Path(entry.path).unlink(missing_ok=True)
    return folder_bytes(directory)
