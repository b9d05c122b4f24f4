"""Which visitors sit in a room, as far as this server has seen them lately.

A room counts like an address of its own: a class behind one address has the allowance of a whole address for itself, and neither takes from
others there nor loses to them. A visitor gets no more by it than with a second address, as a room's seats share its allowance."""

import threading
import time

from cachetools import TTLCache

_SECONDS = 3600.0
_ROOM = "room "

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


def place_of(owner: str, address: str) -> str:
    """What a visitor counts for, where limits are per address: the room in which they sit, or else their address."""
    with _lock:
        code = _rooms.get(owner) if owner else None
    return address if code is None else _ROOM + code


def is_room(place: str) -> bool:
    """Whether this is a room, not an address."""
    return place.startswith(_ROOM)
