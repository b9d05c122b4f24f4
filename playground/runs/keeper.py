"""Writes runs into the store by the clock, so that neither training nor watching waits for a database."""

import logging
import threading
from collections.abc import Callable

from playground.runs.store import StoreError

logger = logging.getLogger(__name__)


class Keeper:
    """Calls `write` every second in a thread of its own, at once after `hurry`, and a last time at `close`.

    A database that refuses is asked again: nothing is lost unless the server ends meanwhile."""

    def __init__(self, write: Callable[[], None], seconds: float = 1.0) -> None:
        self._write = write
        self._seconds = seconds
        self._hurry = threading.Event()
        self._closed = False
        self._failed = False
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Something has happened that is worth writing now."""
        self._hurry.set()

    def close(self) -> None:
        self._closed = True
        self._hurry.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._closed:
            self._hurry.wait(self._seconds)
            self._hurry.clear()
            self._try()
        self._try()

    def _try(self) -> None:
        try:
            self._write()
        except StoreError as error:
            if not self._failed:
                logger.warning("Runs cannot be written down for now: %s", error)
            self._failed = True
        except Exception:  # the next run is to be kept all the same
            logger.exception("Runs could not be written down")
        else:
            self._failed = False
