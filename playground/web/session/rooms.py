"""The room that a visit is in."""

from typing import Any

import streamlit as st

from playground.rooms import Room, RoomError
from playground.runs.database import StoreError
from playground.web.classroom import Limits
from playground.web.server import rooms
from playground.web.session.values import values


def begins() -> bool:
    """Whether the visit begins: true once."""
    begun = bool(values().get("begun", False))
    values()["begun"] = True
    return not begun


def brings_nothing() -> bool:
    """Whether the visit has neither a spec nor a run of its own: its address had none, and nothing has been edited."""
    return "spec" not in st.query_params and values()["run"] is None and not values()["history"]["past"]


def room_code() -> str | None:
    """The code of the room, None outside of rooms."""
    return _kept().get("code")


def room_key() -> str:
    """The teacher's key of the room, "" if this visit does not know it."""
    return str(_kept().get("key", ""))


def room_socket() -> str:
    """Where the page follows the room."""
    return str(_kept().get("socket", ""))


def untouched() -> str | None:
    """The spec as JSON, as it was when the visit joined, or opened the teacher's last experiment; None if that is not known."""
    return _kept().get("untouched")


def enter_room(code: str, socket: str, key: str = "") -> None:
    """Puts the visit into a room. socket: where its pages follow the room. key: the teacher's."""
    values()["room"] = {"code": code, "key": key, "socket": socket}


def set_untouched(spec: str) -> None:
    """The visit has opened this experiment of the teacher."""
    values()["room"] = {**_kept(), "untouched": spec}


def leave_room() -> None:
    """Takes the visit out of its room."""
    values()["room"] = {}


def room() -> Room | None:
    """The room of the visit; None if there is none, or it has been closed."""
    code = room_code()
    if code is None:
        return None
    try:
        return rooms().room(code)
    except (RoomError, StoreError):
        return None


def room_limits(owner: str) -> Limits:
    """What the teacher hides and locks for a student."""
    here = room()
    seat = None if here is None or here.is_taught_by(owner) else here.seat_of(owner)
    if here is None or seat is None or not seat.is_taken:
        return Limits()
    return Limits(frozenset(here.hidden), frozenset(here.locked))


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = values().get("room", {})
    return kept
