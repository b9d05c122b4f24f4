"""Long computations for many visitors, in turns: each goes on for a fraction of a second, then the next one, so that nobody waits until
somebody else's is done. What nobody asks for any longer ends."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from cachetools import LRUCache

from playground.catalog.datasets.examples import DataError
from playground.explain import ExplainError

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 30.0
"""How long a computation goes on after the last question for its progress."""
_KEPT = 256
"""Results, and errors."""

Work = Generator[float, None, Any]
"""Yields the share that is done, often, and returns the result. Raises: ExplainError or DataError."""


@dataclass(eq=False)
class _Job:
    """wanted: by whom, and when they last asked for it."""

    key: Hashable
    work: Work
    wanted: dict[str, float] = field(default_factory=dict)
    share: float = 0.0


class Turns:
    """Computations by key. Those who start the same one share it; each of them has one in progress, the newest."""

    def __init__(self, threads: int = 1, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._changed = threading.Condition()
        self._jobs: dict[Hashable, _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._results: LRUCache[Hashable, Any] = LRUCache(_KEPT)
        self._errors: LRUCache[Hashable, Exception] = LRUCache(_KEPT)
        self._closed = False
        self._threads = [threading.Thread(target=self._take_turns, name=f"turns {index}", daemon=True) for index in range(threads)]
        for thread in self._threads:
            thread.start()

    def start(self, who: str, key: Hashable, work: Callable[[], Work]) -> None:
        """Starts the computation for this key, unless it is in progress or its result is known; what this person started before ends."""
        with self._changed:
            self._leave(who, key)
            self._errors.pop(key, None)
            if key in self._results:
                return
            if key not in self._jobs:
                self._jobs[key] = _Job(key, work())
                self._waiting.append(self._jobs[key])
                self._changed.notify()
            self._jobs[key].wanted[who] = time.monotonic()

    def progress(self, who: str, key: Hashable) -> float | None:
        """The share that is done; None if it is not in progress. To be called again and again by those who wait for it."""
        with self._changed:
            job = self._jobs.get(key)
            if job is None:
                return None
            job.wanted[who] = time.monotonic()
            return job.share

    def result(self, key: Hashable) -> Any:
        """The result for this key; None if there is none. Raises: ExplainError or DataError if the computation failed."""
        with self._changed:
            if key in self._errors:
                raise self._errors[key]
            return self._results.get(key)

    def cancel(self, who: str) -> None:
        """Ends what this person waits for, unless others do too."""
        with self._changed:
            self._leave(who, None)

    def close(self) -> None:
        """Ends all computations, after the steps that are in progress."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _leave(self, who: str, key: Hashable) -> None:
        for job in list(self._jobs.values()):
            if job.key != key and job.wanted.pop(who, None) is not None and not job.wanted:
                del self._jobs[job.key]

    def _take_turns(self) -> None:
        torch.set_num_threads(1)
        while (job := self._next()) is not None:
            try:
                job.share = next(job.work)
            except StopIteration as end:
                self._end(job, self._results, end.value)
            except (ExplainError, DataError) as error:
                self._end(job, self._errors, error)
            except Exception:  # a bug must not end the turns of all others
                logger.exception("A computation in the background failed")
                self._end(job, self._errors, ExplainError("This could not be computed; the server's log says why."))
            else:
                with self._changed:
                    self._waiting.append(job)
                    self._changed.notify()

    def _next(self) -> _Job | None:
        """The computation whose turn it is; None when the server ends."""
        with self._changed:
            while not self._closed:
                if not self._waiting:
                    self._changed.wait()
                    continue
                job = self._waiting.popleft()
                known = self._jobs.get(job.key) is job
                if known and max(job.wanted.values()) > time.monotonic() - self._patience:
                    return job
                if known:
                    del self._jobs[job.key]
                job.work.close()
            return None

    def _end(self, job: _Job, kept: LRUCache[Hashable, Any], outcome: Any) -> None:
        with self._changed:
            if self._jobs.get(job.key) is job:
                del self._jobs[job.key]
                kept[job.key] = outcome


@cache
def turns() -> Turns:
    """Those of this server, on half of its processors: the others are for training."""
    return Turns(max(1, (os.cpu_count() or 1) // 2))
