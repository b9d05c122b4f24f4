"""Rooms in a database: who gets in, who keeps a seat, and what is left of it all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.rooms import Rooms
from playground.runs import Runs


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 4, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **time: float) -> None:
        self.time += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Rooms]]:
    """Starts servers on one database."""
    opened: list[Runs] = []

    def start(**limits: float) -> Rooms:
        runs = Runs(tmp_path, 1)
        opened.append(runs)
        return Rooms(runs, now=clock, **limits)  # type: ignore[arg-type]

    yield start
    for runs in opened:
        runs.close()


@pytest.fixture
def rooms(server: Callable[..., Rooms]) -> Rooms:
    return server()


def test_a_student_joins_and_has_the_same_seat_ever_after(rooms: Rooms) -> None:
    room, _ = rooms.open("teacher")
    seat = rooms.join(room.code, "ada")
    assert seat.number == 1
    assert seat.state == "here"
    assert rooms.join(room.code, "bob").number == 2
    assert rooms.join(room.code, "ada") == seat
    rooms.leave(room.code, "ada")
    left = rooms.room(room.code).seat_of("ada")
    assert left is not None
    assert left.state == "left"
    assert rooms.room(room.code).members == 1
    assert rooms.join(room.code, "ada").name == seat.name
