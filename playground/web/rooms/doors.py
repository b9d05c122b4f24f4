"""How a visit gets into a room, and out of it."""

import re
from contextlib import suppress
from functools import cache

import streamlit as st

from playground.rooms import LENGTH, RoomError, RoomNotFoundError, SeatRemovedError, impossible_in, read_code, spaced
from playground.runs.database import StoreError
from playground.web import session
from playground.web.rooms.student import open_experiment
from playground.web.rooms.visit import callback, here
from playground.web.run_limits import address_of_visitor
from playground.web.security.attempts import Attempts
from playground.web.security.room_tickets import new_ticket
from playground.web.security.seats import has_left, sits_in
from playground.web.server import rooms

_CLOSED = "This room has been closed: its task, challenge and board are gone. Your runs stay yours."
_FORGOTTEN = "You are no longer in this room. Join it again with its code or, to teach it, with its newest teacher's link."
_LINK = re.compile(r"[?&]room=([^&#\s]+)")


@cache
def wrong_codes() -> Attempts:
    """By address: a class may mistype sixty times at once, then once every ten seconds."""
    return Attempts(60, 10.0)


@cache
def openings() -> Attempts:
    """By address: twenty rooms at once, then one every three minutes."""
    return Attempts(20, 180.0)


def arrive() -> None:
    """Runs before every page: enters the room in the address of a new visit, or else the room of its owner, says when the visit is no
    longer in its room, and opens what the teacher has sent."""
    if session.begins():
        code, key = (st.query_params.get(name, "")[:200] for name in ("room", "key"))
        if code:
            _enter(code, key)
            if refused := session.message("room"):  # whatever page the link opens says so
                session.set_message("room", refused.text, "note")
        else:
            _return()
    if session.room_code() is None:
        return
    visit = here()
    if visit is None:
        _notice_the_end()
    elif visit.seat is not None:
        sits_in(session.owner(), visit.room.code)
        if visit.experiment_waits and session.untouched() == session.spec().to_json():
            open_experiment()


@callback
def open_room() -> None:
    """Opens a room, which this visit teaches."""
    address = address_of_visitor()
    if wait := openings().wait(address):
        raise RoomError(f"Many rooms have been opened from your address. Wait {_duration(wait)}, then try again.")
    room, key = rooms().open(session.owner())
    openings().count(address)
    session.enter_room(room.code, _socket(room.code), key)


def join(text: str) -> None:
    """Enters the room with a code, however it is typed, or the one of a link."""
    linked = _LINK.search(text)
    _enter(linked[1] if linked else text)


@callback
def leave() -> None:
    """Leaves the room. A student gives up their seat; a teacher remains one, and returns with the next visit."""
    visit = here()
    if visit is not None and visit.seat is not None:
        rooms().leave(visit.room.code, session.owner())
        has_left(session.owner())
    session.leave_room()


@callback
def _enter(text: str, key: str = "") -> None:
    code, owner, address = read_code(text), session.owner(), address_of_visitor()
    if code is None:
        raise RoomError(_no_code(text))
    if wait := wrong_codes().wait(address):
        raise RoomError(f"Too many wrong codes have been tried from your address. Wait {_duration(wait)}, then try again.")
    try:
        if key:
            rooms().teach(code, key, owner)
        _take_place(code, key)
    except RoomError as error:
        if isinstance(error, RoomNotFoundError) or key:
            wrong_codes().count(address)
        raise


def _return() -> None:
    """Enters the room in which the owner has a seat, or which they have opened, if it can: addresses that were typed or bookmarked name no
    room."""
    with suppress(RoomError, StoreError):
        if code := rooms().newest_of(session.owner()):
            _take_place(code)


def _take_place(code: str, key: str = "") -> None:
    """Puts the visit into a room, as its teacher or in its owner's seat."""
    owner = session.owner()
    room = rooms().room(code)
    seat = None if room.is_taught_by(owner) else rooms().join(code, owner)
    session.enter_room(code, _socket(code), key)
    if seat is not None:
        sits_in(owner, code)
        sent = rooms().room(code).experiment
        as_sent = sent is not None and sent.number == seat.opened and sent.spec == session.spec()
        if not seat.opened or as_sent:
            session.set_untouched(session.spec().to_json())
        elif sent is not None and session.brings_nothing():
            open_experiment()


def _no_code(text: str) -> str:
    """What is wrong with a text that cannot be a code."""
    if impossible := impossible_in(text):
        others, last = impossible[:-1], impossible[-1]
        return f"No room has this code. Check the board: a code never contains {' or '.join(filter(None, (', '.join(others), last)))}."
    return f"A room code has {LENGTH} letters and digits, such as {spaced('CDF347')}. Check the board."


def _notice_the_end() -> None:
    """Takes the visit out of a room that it is no longer part of, and says why. While the database is away, nothing changes."""
    code, owner = session.room_code() or "", session.owner()
    try:
        seat = rooms().room(code).seat_of(owner)
        text = _FORGOTTEN if seat is None else str(SeatRemovedError()) if seat.state == "removed" else "You have left the room."
    except RoomNotFoundError:
        text = _CLOSED
    except StoreError:
        return
    has_left(owner)
    session.leave_room()
    session.set_message("room", text, "note")


def _socket(code: str) -> str:
    return f"room/{code}?ticket={new_ticket(code, session.owner())}"


def _duration(seconds: float) -> str:
    return f"{seconds + 1:.0f} seconds" if seconds < 100 else f"{seconds / 60 + 1:.0f} minutes"
