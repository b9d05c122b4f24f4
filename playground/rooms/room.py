"""A room at one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from playground.rooms.challenge import Challenge
from playground.spec import ExperimentSpec

AWAY = timedelta(seconds=60)
"""After so long without an open page, a student is away."""

SeatState = Literal["here", "away", "left", "removed"]


@dataclass(frozen=True)
class Seat:
    """A student in a room. number: from 1, in the order in which they came. owner: whose it is; never sent to a browser. state: "away" if
    no page of theirs is open. opened: number of the teacher's experiment that they opened last, 0 for none. run: the watch address of the
    newest run that they started in the room."""

    number: int
    color: str
    animal: str
    owner: str
    state: SeatState
    opened: int
    run: str | None

    @property
    def name(self) -> str:
        """ "Blue otter"."""
        return f"{self.color.capitalize()} {self.animal}"

    @property
    def is_taken(self) -> bool:
        """Whether the student is in the room: has neither left nor been removed."""
        return self.state in ("here", "away")


@dataclass(frozen=True)
class Sent:
    """An experiment that the teacher has sent to everybody. number: from 1, of those that were sent. access: what a link must carry for
    its uploaded data, "" if that needs none."""

    number: int
    spec: ExperimentSpec
    access: str = ""


@dataclass(frozen=True)
class Showing:
    """The run of a seat that the class sees."""

    seat: int
    run: str


@dataclass(frozen=True)
class Asked:
    """A question to a seat, whether the class may see this run of theirs. answer: "" as long as there is none; "no"."""

    seat: int
    run: str
    answer: Literal["", "no"]


@dataclass(frozen=True)
class Room:
    """Everything about a room, except what its runs do. Times are in UTC.

    closes: unless there is activity until then. hours: after the last activity. teachers: the owners who may teach; never sent to a
    browser. hidden, locked: parts of the page, as in a link for a class. seats: by number, also those who have left or were removed.
    shown: with the student's consent."""

    code: str
    created: datetime
    active: datetime
    hours: float
    door_open: bool
    paused: bool
    task: str
    experiment: Sent | None
    hidden: tuple[str, ...]
    locked: tuple[str, ...]
    challenge: Challenge | None
    seats: tuple[Seat, ...]
    asked: Asked | None
    shown: Showing | None
    teachers: frozenset[str]

    @property
    def closes(self) -> datetime:
        """When the room closes and is deleted."""
        return self.active + timedelta(hours=self.hours)

    @property
    def members(self) -> int:
        """The students in the room."""
        return sum(seat.is_taken for seat in self.seats)

    def seat(self, number: int) -> Seat | None:
        """The seat with this number."""
        return next((seat for seat in self.seats if seat.number == number), None)

    def seat_of(self, owner: str) -> Seat | None:
        """The seat of an owner, also if they have left or were removed."""
        return next((seat for seat in self.seats if owner and seat.owner == owner), None)

    def is_taught_by(self, owner: str) -> bool:
        """Whether an owner is a teacher of this room."""
        return bool(owner) and owner in self.teachers
