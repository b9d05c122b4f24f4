"""Who watches which runs, and what they look at."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.training.wanted import EVERYTHING, Wanted

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watching:
    """What somebody who watches a run can do. look: says which views they look at from now on; at first, all. end: stops watching. Both
    may be called again, and by any thread."""

    look: Callable[[Wanted], None]
    end: Callable[[], None]


@dataclass(frozen=True)
class _Watcher:
    callback: Callable[[], None]
    wanted: Wanted = EVERYTHING


class Watchers:
    """Watchers by the id of a run, and the runs that have changed since the last `notify`. Any thread may call any method."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: dict[str, dict[object, _Watcher]] = {}
        self._changed: set[str] = set()

    def add(self, run_id: str, key: object, callback: Callable[[], None]) -> None:
        with self._lock:
            self._watchers.setdefault(run_id, {})[key] = _Watcher(callback)

    def look(self, run_id: str, key: object, wanted: Wanted) -> None:
        """What a watcher looks at; ignored if they no longer watch."""
        with self._lock:
            watchers = self._watchers.get(run_id, {})
            if key in watchers:
                watchers[key] = replace(watchers[key], wanted=wanted)

    def remove(self, run_id: str, key: object) -> None:
        with self._lock:
            watchers = self._watchers.get(run_id, {})
            watchers.pop(key, None)
            if not watchers:
                self._watchers.pop(run_id, None)

    def watches(self, run_id: str) -> bool:
        """Whether anybody watches this run."""
        return run_id in self._watchers

    def wanted(self, run_id: str) -> Wanted:
        """The views that all of its watchers together look at."""
        with self._lock:
            return Wanted.together(watcher.wanted for watcher in self._watchers.get(run_id, {}).values())

    def changed(self, run_id: str) -> None:
        """Its watchers are to be notified."""
        with self._lock:
            self._changed.add(run_id)

    def notify(self) -> set[str]:
        """Calls the watchers of changed runs, which is done without any lock, and returns the ids of these runs. A watcher that fails is
        removed."""
        with self._lock:
            changed, self._changed = self._changed, set()
            watchers = [(run_id, key, watcher) for run_id in changed for key, watcher in self._watchers.get(run_id, {}).items()]
        for run_id, key, watcher in watchers:
            try:
                watcher.callback()
            except Exception:
                logger.warning("A watcher of run %s failed and was removed", run_id, exc_info=True)
                self.remove(run_id, key)
        return changed
