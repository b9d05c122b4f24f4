"""How much disk space the runs and uploads of an owner take."""

import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from cachetools import TTLCache

from playground.artifacts.disk_space import folder_bytes
from playground.artifacts.uploads import upload_bytes

_KNOWN_SECONDS = 60.0
"""How long a size counts: of hundreds of runs, only those that have grown much meanwhile would differ."""


class StoredBytes:
    """Sizes of what is on this server's disk. Uploads are counted once, whatever runs use them; prepared copies, which the server deletes
    when it needs space, do not count. Safe to use from any thread.

    folder: the directories of all runs. run_ids, keys: of the runs and the uploads of an owner."""

    def __init__(self, folder: Path, run_ids: Callable[[str], Iterable[str]], keys: Callable[[str], Iterable[str]]) -> None:
        self._folder, self._run_ids, self._keys = folder, run_ids, keys
        self._lock = threading.Lock()
        self._known: TTLCache[str, int] = TTLCache(100_000, _KNOWN_SECONDS)

    def of(self, owner: str) -> int:
        """Raises: StoreError."""
        if not owner:
            return 0
        runs = [self._size(f"run {run_id}", partial(folder_bytes, self._folder / run_id)) for run_id in self._run_ids(owner)]
        uploads = [self._size(f"upload {key}", partial(upload_bytes, key)) for key in self._keys(owner)]
        return sum(runs) + sum(uploads)

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
