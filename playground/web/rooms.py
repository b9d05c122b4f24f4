"""The room that a visit is in, and what its student or teacher does there. Functions that are callbacks raise nothing: what cannot be done
becomes the message "room"."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, wraps
from typing import ParamSpec
from urllib.parse import quote, urlsplit

import streamlit as st

from playground.catalog.metrics import DeclaredMetric
from playground.rooms import (
    LENGTH,
    Room,
    RoomError,
    RoomNotFoundError,
    RunsPausedError,
    Seat,
    SeatRemovedError,
    Teaching,
    new_challenge,
    read_code,
    spaced,
)
from playground.rooms import challenge_metrics as _metrics_of
from playground.runs.store import StoreError
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.classroom import Limits
from playground.web.links import app_address
from playground.web.room_messages import drawn
from playground.web.run_limits import address_of_visitor
from playground.web.security.attempts import Attempts
from playground.web.security.room_tickets import new_ticket
from playground.web.security.seats import has_left, sits_in
from playground.web.server import rooms, runs

_CLOSED = "This room has been closed. Your runs stay yours: you find them on the Runs page."
_LINK = re.compile(r"[?&]room=([^&#\s]+)")

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True)
class Visit:
    """room: as it was within the last second. seat: of the student; None for the teacher. key: of the teacher, "" if this visit does not
    know it. socket: where the page follows the room. drawn: of what Python draws, as in the messages of the socket. experiment_waits:
    whether there is a newer experiment of the teacher, which did not open by itself since the student has edited the last one."""

    room: Room
    seat: Seat | None
    key: str
    socket: str
    drawn: str
    experiment_waits: bool

    @property
    def teaches(self) -> bool:
        """Whether the visit is the teacher's."""
        return self.seat is None


@cache
def wrong_codes() -> Attempts:
    """By address: a class may mistype sixty times at once, then once every ten seconds."""
    return Attempts(60, 10.0)


@cache
def openings() -> Attempts:
    """By address: twenty rooms at once, then one every three minutes."""
    return Attempts(20, 180.0)


def here() -> Visit | None:
    """The room that the visit is in; None outside of rooms."""
    room, owner = session.room(), session.owner()
    if room is None:
        return None
    seat = None if room.is_taught_by(owner) else room.seat_of(owner)
    if seat is None and not room.is_taught_by(owner):
        return None
    if seat is not None and not seat.is_taken:
        return None
    waits = seat is not None and room.experiment is not None and room.experiment.number > seat.opened
    return Visit(room, seat, session.room_key() if seat is None else "", session.room_socket(), drawn(room, seat), waits)


def arrive() -> None:
    """Before a page: a visit that begins enters the room of its address, notices that it is in none any longer, and gets what the teacher
    has sent since."""
    if session.begins():
        code, key = (st.query_params.get(name, "")[:200] for name in ("room", "key"))
        if code:
            _enter(code, key)
    if session.room_code() is None:
        return
    visit = here()
    if visit is None:
        _notice_the_end()
    elif visit.seat is not None:
        sits_in(session.owner(), visit.room.code)
        if visit.experiment_waits and session.untouched() == session.spec().to_json():
            open_experiment()


def _callback(action: Callable[Parameters, None]) -> Callable[Parameters, None]:
    @wraps(action)
    def careful(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        session.clear_message("room")
        try:
            action(*args, **kwargs)
        except (RoomError, StoreError) as error:
            session.set_message("room", str(error))

    return careful


@_callback
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


@_callback
def leave() -> None:
    """Leaves the room: a student gives up their seat, a teacher only leaves the page."""
    visit = here()
    if visit is not None and visit.seat is not None:
        rooms().leave(visit.room.code, session.owner())
        has_left(session.owner())
    session.leave_room()


@_callback
def open_experiment() -> None:
    """Opens the teacher's newest experiment, which can be undone."""
    visit = here()
    sent = visit.room.experiment if visit else None
    if visit is None or sent is None:
        return
    if sent.access:
        session.add_link(sent.access)
    session.receive(sent.spec, "the teacher's experiment")
    session.set_untouched(session.spec().to_json())
    rooms().opened(visit.room.code, session.owner(), sent.number)


@_callback
def answer(yes: bool) -> None:
    """The student's answer to the question whether the class may see their run; no also takes back an earlier yes."""
    rooms().answer(_code(), session.owner(), yes)


@_callback
def send(spec: ExperimentSpec) -> None:
    """Sends an experiment to everybody, with the leave to use its uploaded data."""
    key = session.key_of(spec)
    access = runs().access.link(key, session.owner()) if key else None
    if key and access is None:
        raise RoomError("The data of this experiment was uploaded by somebody else, so only they can send it. Choose other data.")
    _teaching().send(spec, access or "")


@_callback
def pause() -> None:
    """Pauses all runs of the room; until they are resumed, students can start none."""
    _teaching().pause()


@_callback
def resume() -> None:
    """Resumes the runs that were paused."""
    _teaching().resume()


@_callback
def limit(hidden: Collection[str], locked: Collection[str]) -> None:
    """Hides and locks parts of the page for students."""
    limits, _ = Limits.read(",".join(hidden), ",".join(locked))
    _teaching().limit(limits.hidden, limits.locked)


@_callback
def set_task(text: str) -> None:
    """The text of a task, "" for none."""
    _teaching().set_task(text)


@_callback
def set_challenge(spec: ExperimentSpec, metric: str, goal: float, most_parameters: int | None) -> None:
    """A challenge on the data of an experiment. metric: the name of one of `challenge_metrics`."""
    _teaching().set_challenge(new_challenge(spec, metric, goal, most_parameters))


@_callback
def clear_challenge() -> None:
    """No challenge, and no board."""
    _teaching().set_challenge(None)


@_callback
def show(number: int) -> None:
    """Asks the student of a seat whether the class may see their newest run."""
    _teaching().ask_to_show(number)


@_callback
def stop_showing() -> None:
    """The class sees no run, and nobody is asked."""
    _teaching().stop_showing()


@_callback
def remove(number: int) -> None:
    """Removes the student of a seat."""
    _teaching().remove(number)


@_callback
def readmit(number: int) -> None:
    """Lets a student who was removed come back."""
    _teaching().readmit(number)


@_callback
def set_door(is_open: bool) -> None:
    """Whether students may join who have no seat yet."""
    _teaching().set_door(is_open)


@_callback
def new_key() -> None:
    """A new link for the teacher; the earlier one works no longer, and teaches nobody any longer who has used it."""
    code = _code()
    session.enter_room(code, session.room_socket(), Teaching(rooms(), code, session.owner()).new_key())


@_callback
def end() -> None:
    """Closes the room for good."""
    _teaching().end()
    session.leave_room()
    session.set_message("room", "The room has been closed. The runs of the students stay theirs.", "note")


def mine() -> tuple[Room, ...]:
    """The open rooms that the visitor teaches, the newest first."""
    try:
        return rooms().taught_by(session.owner())
    except StoreError:
        return ()


def paused() -> str:
    """Why the visitor can start and resume no run now, "" if they can."""
    visit = here()
    return str(RunsPausedError()) if visit is not None and visit.seat is not None and visit.room.paused else ""


def run_started(run_id: str) -> None:
    """The visitor has started a run: if they are a student of a room, it is in the room."""
    visit = here()
    if visit is not None and visit.seat is not None:
        try:
            rooms().started(visit.room.code, session.owner(), run_id)
        except (RoomError, StoreError) as error:
            session.set_message("room", str(error))


def challenge_metrics(spec: ExperimentSpec) -> tuple[DeclaredMetric, ...]:
    """What a challenge with the data of an experiment can be about."""
    return _metrics_of(spec)


def is_of_this_machine() -> bool:
    """Whether the page was opened under an address that only this machine has, so that links to rooms lead others nowhere."""
    name = urlsplit(app_address()).hostname or ""
    return name == "localhost" or name.endswith(".localhost") or name == "::1" or name.startswith("127.")


def student_link(room: Room) -> str:
    """Opens the room for a student."""
    return f"{app_address()}/room?room={room.code}"


def teacher_link(visit: Visit) -> str:
    """Opens the room for a teacher; "" if this visit does not know the key."""
    return f"{student_link(visit.room)}&key={quote(visit.key)}" if visit.key else ""


@_callback
def _enter(text: str, key: str = "") -> None:
    code, owner, address = read_code(text), session.owner(), address_of_visitor()
    if code is None:
        raise RoomError(f"A room code has {LENGTH} letters and digits, such as {spaced('CDF347')}. It never has a vowel, 0, 1, 2, 5 or 8.")
    if wait := wrong_codes().wait(address):
        raise RoomError(f"Too many wrong codes have been tried from your address. Wait {_duration(wait)}, then try again.")
    try:
        room = rooms().teach(code, key, owner) if key else rooms().room(code)
        seat = None if room.is_taught_by(owner) else rooms().join(code, owner)
    except RoomError as error:
        if isinstance(error, RoomNotFoundError) or key:
            wrong_codes().count(address)
        raise
    session.enter_room(code, _socket(code), key)
    if seat is not None:
        sits_in(owner, code)
        sent = rooms().room(code).experiment
        as_sent = sent is not None and sent.number == seat.opened and sent.spec == session.spec()
        if not seat.opened or as_sent:
            session.set_untouched(session.spec().to_json())
        elif sent is not None and session.brings_nothing():
            open_experiment()


def _notice_the_end() -> None:
    """The visit is in no room any longer; says why. While the database is away, it stays."""
    code, owner = session.room_code() or "", session.owner()
    try:
        seat = rooms().room(code).seat_of(owner)
        text = str(SeatRemovedError()) if seat is not None and seat.state == "removed" else "You have left the room."
    except RoomNotFoundError:
        text = _CLOSED
    except StoreError:
        return
    has_left(owner)
    session.leave_room()
    session.set_message("room", text, "note")


def _code() -> str:
    """Raises: RoomError outside of rooms."""
    code = session.room_code()
    if code is None:
        raise RoomError("You are not in a room.")
    return code


def _teaching() -> Teaching:
    return Teaching(rooms(), _code(), session.owner())


def _socket(code: str) -> str:
    return f"room/{code}?ticket={new_ticket(code, session.owner())}"


def _duration(seconds: float) -> str:
    return f"{seconds + 1:.0f} seconds" if seconds < 100 else f"{seconds / 60 + 1:.0f} minutes"


__all__ = [
    "Visit", "answer", "arrive", "challenge_metrics", "clear_challenge", "end", "here", "is_of_this_machine", "join", "leave", "limit",
    "mine", "new_key", "open_experiment", "open_room", "pause", "paused", "readmit", "remove", "resume", "run_started", "send",
    "set_challenge", "set_door", "set_task", "show", "spaced", "stop_showing", "student_link", "teacher_link",
]  # fmt: skip
