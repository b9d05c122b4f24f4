"""What the teacher of a room may do."""

from collections.abc import Collection
from contextlib import AbstractContextManager, suppress

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from playground.rooms.challenge import Challenge
from playground.rooms.codes import hashed, new_key
from playground.rooms.errors import RoomError
from playground.rooms.rooms import Rooms, withdraw
from playground.runs import RunNotFound, RunState
from playground.runs.tables import RoomRow, RoomRun, RoomSeat, RoomTeacher, Run
from playground.spec import ExperimentSpec

LONGEST_TASK = 2_000
_GOING = (RunState.QUEUED, RunState.STARTING, RunState.RUNNING)


class Teaching:
    """What the teacher of a room can do. Every command first checks that `owner` is one.

    Raises (every method): RoomNotFoundError, NotTheTeacherError; StoreError if the database refuses."""

    def __init__(self, rooms: Rooms, code: str, owner: str) -> None:
        self._rooms = rooms
        self._code = code
        self._owner = owner

    def send(self, spec: ExperimentSpec, access: str = "") -> None:
        """Sends an experiment to everybody. access: what a link must carry for its uploaded data, by the leave of its owner."""
        with self._changing() as (_, row):
            row.experiment, row.access, row.sent = spec.to_json(), access or None, row.sent + 1

    def pause(self) -> None:
        """Pauses all runs that were started in the room, and those that students try to start."""
        with self._changing() as (session, row):
            row.paused = True
            ended = [state.value for state in RunState if state.ended]
            theirs = select(RoomRun.run_id).join(Run, Run.id == RoomRun.run_id)
            going = session.scalars(theirs.where(RoomRun.room == self._code, Run.state.not_in(ended))).all()
        paused = [run_id for run_id in going if self._pauses(run_id)]
        self._hold(paused, True)

    def resume(self) -> None:
        """Resumes the runs that `pause` has paused."""
        with self._changing() as (session, row):
            row.paused = False
            held = session.scalars(select(RoomRun.run_id).where(RoomRun.room == self._code, RoomRun.held.is_(True))).all()
        self._hold(held, False)
        for run_id in held:
            with suppress(RunNotFound):
                self._rooms.runs.resume(run_id)

    def limit(self, hidden: Collection[str], locked: Collection[str]) -> None:
        """Hides and locks these parts of the page for students, and no others."""
        with self._changing() as (_, row):
            row.hidden, row.locked = sorted(hidden), sorted(locked)

    def set_task(self, text: str) -> None:
        """The text of a task; "" for none. Raises: RoomError if it is too long."""
        text = text.strip()
        if len(text) > LONGEST_TASK:
            raise RoomError(f"A task may have {LONGEST_TASK:,} characters; this one has {len(text):,}.")
        with self._changing() as (_, row):
            row.task = text

    def set_challenge(self, challenge: Challenge | None) -> None:
        """What the class is to reach, or None."""
        with self._changing() as (_, row):
            row.challenge = None if challenge is None else challenge.plain

    def ask_to_show(self, number: int) -> None:
        """Asks a student whether the class may see their newest run. Raises: RoomError if there is nothing to ask."""
        with self._changing() as (session, row):
            seat = self._seat(session, number)
            if seat.state != "taken":
                raise RoomError("This student is no longer in the room.")
            if seat.run is None:
                raise RoomError("This student has not started a run in the room yet.")
            row.asked_seat, row.asked_run, row.answer = number, seat.run, ""

    def stop_showing(self) -> None:
        """Shows no run to the class, and withdraws a question that has not been answered."""
        with self._changing() as (_, row):
            row.asked_seat = row.asked_run = row.shown_seat = row.shown_run = None
            row.answer = ""

    def remove(self, number: int) -> None:
        """Removes a student, who cannot come back until `readmit`. Their runs stay theirs. Raises: RoomError."""
        with self._changing() as (session, row):
            self._seat(session, number).state = "removed"
            withdraw(row, number)

    def readmit(self, number: int) -> None:
        """Lets a student who was removed come back. Raises: RoomError."""
        with self._changing() as (session, _):
            seat = self._seat(session, number)
            if seat.state == "removed":
                seat.state = "left"

    def set_door(self, is_open: bool) -> None:
        """Whether students may join who have no seat yet."""
        with self._changing() as (_, row):
            row.door_open = is_open

    def new_key(self) -> str:
        """Replaces the teacher's key and returns the new one. Only this teacher and whoever opened the room remain teachers."""
        key = new_key()
        with self._changing() as (session, row):
            row.key = hashed(key)
            stay = (row.owner, self._owner)
            session.execute(delete(RoomTeacher).where(RoomTeacher.room == self._code, RoomTeacher.owner.not_in(stay)))
        return key

    def end(self) -> None:
        """Closes the room and deletes it; the students' runs stay theirs. Runs that the teacher has paused go on."""
        self.resume()
        with self._changing() as (session, row):
            session.delete(row)

    def _changing(self) -> AbstractContextManager[tuple[Session, RoomRow]]:
        return self._rooms.changing(self._code, self._owner)

    def _seat(self, session: Session, number: int) -> RoomSeat:
        seat = session.get(RoomSeat, (self._code, number))
        if seat is None:
            raise RoomError("There is no such seat in this room.")
        return seat

    def _pauses(self, run_id: str) -> bool:
        """Pauses a run. Whether that made a difference."""
        try:
            if self._rooms.runs.info(run_id).state not in _GOING:
                return False
            self._rooms.runs.pause(run_id)
        except RunNotFound:
            return False
        return True

    def _hold(self, run_ids: Collection[str], held: bool) -> None:
        with self._rooms.runs.session() as session:
            session.execute(update(RoomRun).where(RoomRun.room == self._code, RoomRun.run_id.in_(run_ids)).values(held=held))
