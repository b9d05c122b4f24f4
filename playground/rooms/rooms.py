"""The rooms of a database, shared by all of its servers: opening, joining, finding, and forgetting them."""

import itertools
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cachetools import TTLCache
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from playground.rooms.codes import fits, hashed, new_code, new_key
from playground.rooms.errors import DoorClosedError, NotTheTeacherError, RoomError, RoomNotFoundError, SeatRemovedError, WrongKeyError
from playground.rooms.names import MOST_NAMES, free_name
from playground.rooms.room import Room, Seat
from playground.rooms.rows import read_room, read_seat
from playground.runs import Runs
from playground.runs.tables import RoomRow, RoomRun, RoomSeat, RoomTeacher, utc

MOST_OPENED = 5
"""Rooms that one owner may have open."""
MOST_TEACHERS = 20
"""Browsers that have shown the key of a room; of more, the earliest are forgotten."""
_READ_AGAIN_SECONDS = 1.0


class Rooms:
    """Any thread may call any method.

    Everything is in the database, so a restarted server, and every other server, has the same rooms. `room` may be a second old; a
    change reads the newest state in its own transaction. A closed room counts as missing even before it is deleted.

    hours: a room closes so long after its last activity. most_seats: in a room. in_all: open rooms. now: the clock.
    Raises (every method): StoreError if the database refuses."""

    def __init__(
        self,
        runs: Runs,
        hours: float = 12.0,
        most_seats: int = 100,
        in_all: int = 200,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.runs = runs
        self.now = now
        self._hours = hours
        self._most_seats = min(most_seats, MOST_NAMES)
        self._in_all = in_all
        self._lock = threading.Lock()
        self._read: TTLCache[str, tuple[int, Room | None]] = TTLCache(500, _READ_AGAIN_SECONDS, time.monotonic)
        """Rooms as read, with the number of their reading or of a change since."""
        self._readings = itertools.count()

    def open(self, owner: str) -> tuple[Room, str]:
        """A new room and the key of its teacher, which is not stored. Raises: RoomError if there are too many."""
        key, now = new_key(), self.now()
        with self.runs.session() as session:
            session.execute(update(RoomRow).where(RoomRow.code == "").values(code=""))  # with SQLite, nobody else opens one from here on
            open_now = session.scalars(select(RoomRow.owner).where(RoomRow.active > self._closed_before())).all()
            if open_now.count(owner) >= MOST_OPENED:
                raise RoomError(f"You have {MOST_OPENED} open rooms, the limit for one visitor. Close one first.")
            if len(open_now) >= self._in_all:
                raise RoomError(
                    f"This server allows no more open rooms ({self._in_all:,}). The operator of this server can allow more: "
                    f"PLAYGROUND_ROOMS_IN_ALL."
                )
            code = next(code for code in iter(new_code, "") if session.get(RoomRow, code) is None)
            row = RoomRow(code=code, key=hashed(key), owner=owner, created=now, active=now)
            session.add(row)
            session.flush()
            session.add(RoomTeacher(room=code, owner=owner, since=now))
            session.flush()
            return read_room(session, row, self._hours, now), key

    def room(self, code: str, anew: bool = False) -> Room:
        """A room as it was within the last second, or as it is now. Raises: RoomNotFoundError."""
        with self._lock:
            known = None if anew else self._read.get(code, (0, None))[1]
            reading = next(self._readings)
        if known is not None and known.active > self._closed_before():
            return known
        with self.runs.session() as session:
            row = session.get(RoomRow, code)
            if row is None or utc(row.active) <= self._closed_before():
                raise RoomNotFoundError
            return self._remember(reading, read_room(session, row, self._hours, self.now()))

    def taught_by(self, owner: str) -> tuple[Room, ...]:
        """The open rooms of a teacher, the newest first."""
        if not owner:
            return ()
        theirs = select(RoomTeacher.room).where(RoomTeacher.owner == owner)
        query = select(RoomRow).where(RoomRow.code.in_(theirs), RoomRow.active > self._closed_before()).order_by(RoomRow.created.desc())
        with self.runs.session() as session:
            return tuple(read_room(session, row, self._hours, self.now()) for row in session.scalars(query).all())

    def newest_of(self, owner: str) -> str | None:
        """The code of the newest open room in which an owner has a seat, or which they have opened; None if there is none."""
        seated = select(RoomSeat.room).where(RoomSeat.owner == owner, RoomSeat.state == "taken")
        theirs = or_(RoomRow.owner == owner, RoomRow.code.in_(seated))
        query = select(RoomRow.code).where(theirs, RoomRow.active > self._closed_before()).order_by(RoomRow.created.desc()).limit(1)
        with self.runs.session() as session:
            return session.scalar(query) if owner else None

    def join(self, code: str, owner: str) -> Seat:
        """The seat of an owner in a room: a new one, or the one that they have or had.

        Raises: RoomNotFoundError, DoorClosedError, SeatRemovedError; RoomError if all seats are taken."""
        now = self.now()
        with self.changing(code) as (session, row):
            seats = session.scalars(select(RoomSeat).where(RoomSeat.room == code)).all()
            seat = next((seat for seat in seats if seat.owner == owner), None)
            if seat is None:
                if not row.door_open:
                    raise DoorClosedError
                if len(seats) >= self._most_seats:
                    raise RoomError(
                        f"All seats of this room are taken ({self._most_seats:,}). The operator of this server can allow more: "
                        f"PLAYGROUND_ROOM_SEATS."
                    )
                number = max((seat.number for seat in seats), default=0) + 1
                color, animal = free_name([(seat.color, seat.animal) for seat in seats])
                seat = RoomSeat(room=code, number=number, color=color, animal=animal, owner=owner, state="taken", seen=now)
                session.add(seat)
            if seat.state == "removed":
                raise SeatRemovedError
            seat.state, seat.seen = "taken", now
            session.flush()
            return read_seat(seat, now)

    def leave(self, code: str, owner: str) -> None:
        """An owner gives up their seat; if they join again, they get the same. Raises: RoomNotFoundError."""
        with self.changing(code) as (session, row):
            for seat in session.scalars(select(RoomSeat).where(RoomSeat.room == code, RoomSeat.owner == owner, RoomSeat.state == "taken")):
                seat.state = "left"
                withdraw(row, seat.number)

    def teach(self, code: str, key: str, owner: str) -> Room:
        """Makes an owner who has the key a teacher of the room. Raises: RoomNotFoundError, WrongKeyError."""
        with self.changing(code) as (session, row):
            if not fits(key, row.key):
                raise WrongKeyError
            session.merge(RoomTeacher(room=code, owner=owner, since=self.now()))
            session.flush()
            others = RoomTeacher.room == code, RoomTeacher.owner.not_in((row.owner, owner))
            earliest = select(RoomTeacher.owner).where(*others).order_by(RoomTeacher.since.desc()).offset(MOST_TEACHERS)
            session.execute(delete(RoomTeacher).where(*others, RoomTeacher.owner.in_(session.scalars(earliest).all())))
        return self.room(code)

    def answer(self, code: str, owner: str, yes: bool) -> None:
        """What a student says to the question whether the class may see their run; no also takes back an earlier yes.

        Raises: RoomNotFoundError; RoomError if they have no seat."""
        with self.changing(code) as (session, row):
            seat = self._taken(session, code, owner)
            if row.asked_seat == seat and yes and not row.answer:
                row.shown_seat, row.shown_run = row.asked_seat, row.asked_run
                row.asked_seat = row.asked_run = None
            elif row.asked_seat == seat and not yes:
                row.answer = "no"
            if row.shown_seat == seat and not yes:
                row.shown_seat = row.shown_run = None

    def started(self, code: str, owner: str, run_id: str) -> None:
        """A student has started a run in the room. One that was started while the teacher has paused all runs is paused as well.

        Raises: RoomNotFoundError; RoomError if they have no seat."""
        with self.changing(code) as (session, row):
            number = self._taken(session, code, owner)
            session.add(RoomRun(run_id=run_id, room=code, seat=number, held=row.paused))
            session.execute(update(RoomSeat).where(RoomSeat.room == code, RoomSeat.number == number).values(run=run_id))
            paused = row.paused
        if paused:
            self.runs.pause(run_id)

    def opened(self, code: str, owner: str, number: int) -> None:
        """A student has opened the teacher's experiment with this number. That is no activity of the room."""
        with self.runs.session() as session:
            theirs = RoomSeat.room == code, RoomSeat.owner == owner
            session.execute(update(RoomSeat).where(*theirs).values(opened=number))
        self.changed(code)

    def is_held(self, run_id: str) -> bool:
        """Whether the teacher of an open room has paused all runs of the room, to which this one belongs."""
        of_room = RoomRun.room == RoomRow.code, RoomRun.run_id == run_id, RoomRow.paused.is_(True), RoomRow.active > self._closed_before()
        taken = RoomSeat.room == RoomRow.code, RoomSeat.number == RoomRun.seat, RoomSeat.state == "taken"
        with self.runs.session() as session:
            return session.scalar(select(RoomRun.run_id).where(*of_room, *taken)) is not None

    def seen(self, code: str, numbers: Collection[int]) -> None:
        """The students of these seats have a page open. That is no activity of the room."""
        if numbers:
            with self.runs.session() as session:
                of_seats = RoomSeat.room == code, RoomSeat.number.in_(numbers)
                session.execute(update(RoomSeat).where(*of_seats).values(seen=self.now()))

    def hand_over(self, before: str, after: str) -> None:
        """Gives seats and rooms of one owner to another. Who has a seat in the same room keeps it, and gets the runs of the other seat."""
        if not before or not after or before == after:
            return
        with self.runs.session() as session:
            session.execute(update(RoomRow).where(RoomRow.owner == before).values(owner=after))
            seats = {
                owner: {seat.room: seat.number for seat in session.scalars(select(RoomSeat).where(RoomSeat.owner == owner))}
                for owner in (before, after)
            }
            for code in seats[before].keys() & seats[after].keys():
                of_seat = RoomRun.room == code, RoomRun.seat == seats[before][code]
                session.execute(update(RoomRun).where(*of_seat).values(seat=seats[after][code]))
            for table in (RoomSeat, RoomTeacher):
                both = select(table.room).where(table.owner == after)
                session.execute(delete(table).where(table.owner == before, table.room.in_(both)))
                session.execute(update(table).where(table.owner == before).values(owner=after))
        self._forget_all()

    def has_any(self, owner: str) -> bool:
        """Whether anything of an owner is in a room."""
        with self.runs.session() as session:
            counts = [session.scalar(select(func.count()).where(table.owner == owner)) for table in (RoomSeat, RoomTeacher)]
        return bool(owner) and any(counts)

    def forget(self, owner: str) -> None:
        """Deletes the rooms that an owner has opened, and their seats in other rooms."""
        if not owner:
            return
        with self.runs.session() as session:
            for seat in session.scalars(select(RoomSeat).where(RoomSeat.owner == owner)).all():
                row = session.get(RoomRow, seat.room)
                if row is not None:
                    withdraw(row, seat.number)
                session.execute(delete(RoomRun).where(RoomRun.room == seat.room, RoomRun.seat == seat.number))
                session.delete(seat)
            session.flush()
            session.execute(delete(RoomTeacher).where(RoomTeacher.owner == owner))
            session.execute(delete(RoomRow).where(RoomRow.owner == owner))
        self._forget_all()

    def tidy(self) -> int:
        """Deletes the rooms that have closed, with seats, task and board; the runs stay. Returns how many."""
        with self.runs.session() as session:
            result: Any = session.execute(delete(RoomRow).where(RoomRow.active <= self._closed_before()))
            return int(result.rowcount)

    @contextmanager
    def changing(self, code: str, teacher: str | None = None) -> Iterator[tuple[Session, RoomRow]]:
        """A change of a room, which nobody else changes meanwhile; it is activity. teacher: an owner who must be one.

        Raises: RoomNotFoundError, NotTheTeacherError."""
        with self.runs.session() as session:
            # A transaction that begins by writing has the room to itself in every database, and reads the newest rows.
            is_open = RoomRow.code == code, RoomRow.active > self._closed_before()
            if session.scalar(update(RoomRow).where(*is_open).values(active=self.now()).returning(RoomRow.code)) is None:
                raise RoomNotFoundError
            row = session.get_one(RoomRow, code)
            if teacher is not None and session.get(RoomTeacher, (code, teacher)) is None:
                raise NotTheTeacherError
            yield session, row
        self.changed(code)

    def changed(self, code: str) -> None:
        """Discards the cached room, so that the next reader gets the newest state."""
        with self._lock:
            self._read[code] = next(self._readings), None

    def _taken(self, session: Session, code: str, owner: str) -> int:
        """The number of the seat that an owner has. Raises: RoomError if there is none."""
        seat = session.scalar(select(RoomSeat).where(RoomSeat.room == code, RoomSeat.owner == owner))
        if seat is None or seat.state == "left":
            raise RoomError("You have left this room. Join it again.")
        if seat.state == "removed":
            raise SeatRemovedError
        return seat.number

    def _closed_before(self) -> datetime:
        """A room whose last activity was then has closed."""
        return self.now() - timedelta(hours=self._hours)

    def _remember(self, reading: int, room: Room) -> Room:
        """Caches the room, unless it has been changed or read again since this reading began: nobody who has seen the newer state may be
        shown the older one."""
        with self._lock:
            if self._read.get(room.code, (-1, None))[0] < reading:
                self._read[room.code] = reading, room
        return room

    def _forget_all(self) -> None:
        with self._lock:
            for code in tuple(self._read):
                self._read[code] = next(self._readings), None


def withdraw(row: RoomRow, seat: int) -> None:
    """Withdraws what is shown of this seat and what it is asked."""
    if row.asked_seat == seat:
        row.asked_seat = row.asked_run = None
    if row.shown_seat == seat:
        row.shown_seat = row.shown_run = None
