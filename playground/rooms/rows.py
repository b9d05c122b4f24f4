"""Rooms between the database and the values of `room`."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from playground.parsing import parse_spec
from playground.rooms.challenge import Challenge
from playground.rooms.room import AWAY, Asked, Room, Seat, SeatState, Sent, Showing
from playground.runs.tables import RoomRow, RoomSeat, RoomTeacher, utc
from playground.spec import SpecError


def read_room(session: Session, row: RoomRow, hours: float, now: datetime) -> Room:
    """The room of a row."""
    seats = session.scalars(select(RoomSeat).where(RoomSeat.room == row.code).order_by(RoomSeat.number))
    teachers = session.scalars(select(RoomTeacher.owner).where(RoomTeacher.room == row.code))
    answer: Literal["", "no"] = "no" if row.answer == "no" else ""
    return Room(
        code=row.code,
        created=utc(row.created),
        active=utc(row.active),
        hours=hours,
        door_open=row.door_open,
        paused=row.paused,
        task=row.task,
        experiment=_sent(row),
        hidden=tuple(row.hidden),
        locked=tuple(row.locked),
        challenge=None if row.challenge is None else Challenge.from_plain(row.challenge),
        seats=tuple(read_seat(seat, now) for seat in seats),
        asked=Asked(row.asked_seat, row.asked_run, answer) if row.asked_seat is not None and row.asked_run is not None else None,
        shown=Showing(row.shown_seat, row.shown_run) if row.shown_seat is not None and row.shown_run is not None else None,
        teachers=frozenset(teachers),
    )


def read_seat(row: RoomSeat, now: datetime) -> Seat:
    """The seat of a row."""
    here: SeatState = "here" if now - utc(row.seen) <= AWAY else "away"
    state: SeatState = "left" if row.state == "left" else "removed" if row.state == "removed" else here
    return Seat(row.number, row.color, row.animal, row.owner, state, row.opened, row.run)


def _sent(row: RoomRow) -> Sent | None:
    if row.experiment is None:
        return None
    try:
        return Sent(row.sent, parse_spec(row.experiment), row.access or "")
    except SpecError:  # sent by a server of a later version
        return None
