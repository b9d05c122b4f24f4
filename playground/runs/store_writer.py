"""Writes runs to the store at regular intervals, so that neither training nor watching waits for a database."""

import logging
import threading
from collections.abc import Callable

from playground.runs.store import StoreError

logger = logging.getLogger(__name__)


class StoreWriter:
    """Calls `write` every second in its own thread, immediately after `wake`, and a last time in `close`.

    If the database refuses, the writer tries again: nothing is lost unless the server ends in the meantime."""

    def __init__(self, write: Callable[[], None], seconds: float = 1.0) -> None:
        self._write = write
        self._seconds = seconds
        self._woken = threading.Event()
        self._closed = False
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something has happened that should be written now."""
        self._woken.set()

    def close(self) -> None:
        self._closed = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._woken.wait(self._seconds)
            self._woken.clear()
            self._try_to_write()
        self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self._write()
        except StoreError as error:
            if not self._failed:
                logger.warning("Runs cannot be stored at the moment: %s", error)
            self._failed = True
        except Exception:  # later runs must be stored all the same
            logger.exception("Runs could not be stored")
        else:
            self._failed = False
