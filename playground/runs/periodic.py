"""Work with the database at regular intervals, so that neither training nor pages wait for it."""

import logging
import threading
from collections.abc import Callable

from playground.runs.database import StoreError

logger = logging.getLogger(__name__)


class Periodic:
    """Calls `work` at regular intervals in its own thread, immediately after `wake`, and a last time in `close`.

    If the database refuses, that is logged once, and the work is tried again: it must lose nothing unless the server ends in the
    meantime. seconds: until the next time, asked for each time. name: what the work does, for the log."""

    def __init__(self, name: str, work: Callable[[], None], seconds: Callable[[], float]) -> None:
        self._name, self._work, self._seconds = name, work, seconds
        self._woken = threading.Event()
        self._closed = False
        self._failed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    def close(self) -> None:
        self._closed = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._woken.wait(self._seconds())
            self._woken.clear()
            self._try()
        self._try()

    def _try(self) -> None:
        try:
            self._work()
        except StoreError as error:
            if not self._failed:
                logger.warning("%s: not possible at the moment, and tried again: %s", self._name, error)
            self._failed = True
        except Exception:  # one failure must not prevent the next attempt
            logger.exception("%s: failed", self._name)
        else:
            if self._failed:
                logger.warning("%s: possible again", self._name)
            self._failed = False
