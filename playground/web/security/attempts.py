"""How often somebody may try what others must not guess, or do what costs the server much."""

import threading
import time
from collections.abc import Callable

from cachetools import LRUCache

_KEPT = 10_000


class Attempts:
    """Counts attempts by where they come from. Safe to use from any thread.

    at_once: so many may be made at any time; then one more after each `seconds`."""

    def __init__(self, at_once: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._spread = (at_once - 1) * seconds
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._used_up_at: LRUCache[str, float] = LRUCache(_KEPT)
        """When all attempts of an address will have been given back."""

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 if it may now."""
        with self._lock:
            return max(0.0, self._used_up_at.get(address, 0.0) - self._clock() - self._spread)

    def count(self, address: str) -> None:
        """An attempt that counts."""
        with self._lock:
            self._used_up_at[address] = max(self._clock(), self._used_up_at.get(address, 0.0)) + self._seconds
