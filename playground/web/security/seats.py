"""Which visitors sit in a room, as far as this server has seen them lately. A room counts like an address of its own, so a class behind one
address has the allowance of an address for itself."""

import threading
import time

from cachetools import TTLCache

_SECONDS = 3600.0

_lock = threading.Lock()
_rooms: TTLCache[str, str] = TTLCache(20_000, _SECONDS, time.monotonic)


def sits_in(owner: str, code: str) -> None:
    """A visitor has a seat in this room."""
    with _lock:
        _rooms[owner] = code


def has_left(owner: str) -> None:
    """A visitor has no seat any longer."""
    with _lock:
        _rooms.pop(owner, None)


def room_of(owner: str) -> str | None:
    """The code of the room in which a visitor sits; None if they do not, or have not been seen for an hour."""
    with _lock:
        return _rooms.get(owner) if owner else None
