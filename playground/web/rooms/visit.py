"""The room that a visit is in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from playground.rooms import Room, RoomError, RunsPausedError, Seat
from playground.runs.database import StoreError
from playground.web import session
from playground.web.room_messages import drawn
from playground.web.server import rooms

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True)
class Visit:
    """room: as it was within the last second. seat: of the student; None for the teacher. key: of the teacher, "" if this visit does not
    know it. socket: where the page follows the room. drawn: of what Python draws, as in the messages of the socket. experiment_waits:
    whether the teacher has sent a newer experiment, which was not opened automatically because the student has edited the last one."""

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


def here() -> Visit | None:
    """The room that the visit is in; None outside of rooms."""
    room = session.room()
    if room is None:
        return None
    owner = session.owner()
    seat = None if room.is_taught_by(owner) else room.seat_of(owner)
    if seat is None and not room.is_taught_by(owner):
        return None
    if seat is not None and not seat.is_taken:
        return None
    waits = seat is not None and room.experiment is not None and room.experiment.number > seat.opened
    return Visit(room, seat, session.room_key() if seat is None else "", session.room_socket(), drawn(room, seat), waits)


def expect(fingerprint: str) -> None:
    """The browser has received this state of the room (`Visit.drawn`, or "over"). If the cached room differs, for example because another
    server sent it, the room is read again."""
    visit = here()
    if visit is not None and visit.drawn != fingerprint:
        rooms().changed(visit.room.code)


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


def code_here() -> str:
    """The code of the room. Raises: RoomError outside of rooms."""
    code = session.room_code()
    if code is None:
        raise RoomError("You are not in a room.")
    return code


def callback(action: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Makes a callback that raises nothing: what cannot be done becomes the message "room"."""

    @wraps(action)
    def careful(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        session.clear_message("room")
        try:
            action(*args, **kwargs)
        except (RoomError, StoreError) as error:
            session.set_message("room", str(error))

    return careful
