"""How many uploads are read at once, for all visitors together: each takes a processor and up to hundreds of megabytes meanwhile."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

_ASK_SECONDS = 0.05


class ReadingSlots:
    """Slots for readers, taken in the order in which they come."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._lock = threading.Lock()
        self._readers: list[object] = []

    @contextmanager
    def slot(self, waits: Callable[[int], object] = lambda ahead: None) -> Iterator[None]:
        """Within this block, a slot is taken. waits: called several times a second with the number of uploads to be read before this one,
        and at last with 0; what it raises ends the wait. It is not called if there is a free slot at once."""
        reader = object()
        with self._lock:
            self._readers.append(reader)
        try:
            ahead = self._ahead(reader)
            if ahead:
                while ahead:
                    waits(ahead)
                    time.sleep(_ASK_SECONDS)
                    ahead = self._ahead(reader)
                waits(0)
            yield
        finally:
            with self._lock:
                self._readers.remove(reader)

    def _ahead(self, reader: object) -> int:
        with self._lock:
            return max(0, self._readers.index(reader) + 1 - self._number)


@cache
def reading_slots() -> ReadingSlots:
    """Those of this server: one processor is left for pages."""
    return ReadingSlots(max(1, (os.cpu_count() or 1) - 1))
