"""The way into a room."""

from functools import lru_cache
from typing import Any

import segno

from playground.rooms import Room
from playground.web.components.loader import component


def room_code(room: Room, socket: str, *, spaced: str, address: str, link: str, note: str, works: bool, key: str) -> None:
    """Code, address to type and QR code of the link, also as large as the screen. socket: path of the room's socket. spaced: the code as
    people read it. note: on the address, "" for nothing. works: whether nothing is known that keeps others from opening it; otherwise the
    note is a warning. Root: `.pg-room-way`."""
    data = {
        "code": spaced,
        "address": address,
        "qr": qr(link),
        "room": socket,
        "closes": room.closes.isoformat(),
        "door": room.door_open,
        "note": note,
        "works": works,
    }
    component("room_code")(key=key, data=data, height="content")


@lru_cache(maxsize=64)
def qr(link: str) -> dict[str, Any]:
    """A QR code as {"side", "path"}: its side in modules, and an SVG path of the dark ones, a unit each."""
    rows = segno.make(link, micro=False).matrix
    return {"side": len(rows), "path": "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)}
