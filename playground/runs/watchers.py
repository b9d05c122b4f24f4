"""Who watches which runs."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Watchers:
    """Callbacks by the id of a run, and the runs that have changed since the last `notify`. Any thread may call any method."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: dict[str, dict[object, Callable[[], None]]] = {}
        self._changed: set[str] = set()

    def add(self, run_id: str, key: object, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.setdefault(run_id, {})[key] = callback

    def remove(self, run_id: str, key: object) -> None:
        with self._lock:
            callbacks = self._callbacks.get(run_id, {})
            callbacks.pop(key, None)
            if not callbacks:
                self._callbacks.pop(run_id, None)

    def watches(self, run_id: str) -> bool:
        """Whether anybody watches this run."""
        return run_id in self._callbacks

    def changed(self, run_id: str) -> None:
        """Its watchers are to be notified."""
        with self._lock:
            self._changed.add(run_id)

    def notify(self) -> set[str]:
        """Calls the watchers of changed runs, which is done without any lock, and returns the ids of these runs. A watcher that fails is
        removed."""
        with self._lock:
            changed, self._changed = self._changed, set()
            callbacks = [(run_id, *each) for run_id in changed for each in self._callbacks.get(run_id, {}).items()]
        for run_id, key, callback in callbacks:
            try:
                callback()
            except Exception:
                logger.warning("A watcher of run %s failed and was removed", run_id, exc_info=True)
                self.remove(run_id, key)
        return changed
