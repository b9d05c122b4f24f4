"""How much disk space the runs and uploads of an owner take, on all servers of a database."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from cachetools import TTLCache

from playground.artifacts.disk_space import folder_bytes
from playground.artifacts.storage import fetched_state
from playground.artifacts.uploads import upload_bytes

_KNOWN_SECONDS = 60.0
"""How long a size counts: of hundreds of runs, only those that have grown much meanwhile would differ."""


class StoredBytes:
    """Sizes of what is on this server's disk, and what the database says of the rest. Uploads are counted once, whatever runs use them;
    copies do not count, whether prepared or fetched, which the server deletes by itself. Safe to use from any thread.

    folder: the directories of all runs. runs, uploads: of an owner, with the sizes that the database knows."""

    def __init__(self, folder: Path, runs: Callable[[str], Mapping[str, int]], uploads: Callable[[str], Mapping[str, int]]) -> None:
        self._folder, self._runs, self._uploads = folder, runs, uploads
        self._lock = threading.Lock()
        self._known: TTLCache[str, int] = TTLCache(100_000, _KNOWN_SECONDS)

    def of(self, owner: str) -> int:
        """Raises: StoreError."""
        if not owner:
            return 0
        runs = [self._size(f"run {run_id}", partial(self._run_bytes, run_id, known)) for run_id, known in self._runs(owner).items()]
        uploads = [self._size(f"upload {key}", partial(_upload_bytes, key, known)) for key, known in self._uploads(owner).items()]
        return sum(runs) + sum(uploads)

    def _run_bytes(self, run_id: str, known: int) -> int:
        directory = self._folder / run_id
        return folder_bytes(directory) if directory.is_dir() and fetched_state(directory) is None else known

    def _size(self, name: str, measure: Callable[[], int]) -> int:
        with self._lock:
            known = self._known.get(name)
        if known is None:
            known = measure()
            with self._lock:
                self._known[name] = known
        return known

    def forget(self, run_id: str) -> None:
        """Of a run that has been deleted."""
        with self._lock:
            self._known.pop(f"run {run_id}", None)


def _upload_bytes(key: str, known: int) -> int:
    return upload_bytes(key) or known
