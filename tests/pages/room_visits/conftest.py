"""A room with a teacher and a student."""

from collections.abc import Iterator

import pytest

from playground.rooms import Room
from playground.web import rooms
from playground.web.rooms import doors
from playground.web.security import seats
from playground.web.server import rooms as server_rooms
from tests.pages.room_visits.person import Person


@pytest.fixture(autouse=True)
def _of_one_school(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(doors, "address_of_visitor", lambda: "10.0.0.1")
    yield
    for owner in ("ms-lovelace", "ada", "bob"):
        server_rooms().forget(owner)
        seats.has_left(owner)
    rooms.openings.cache_clear()


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person(monkeypatch, "ms-lovelace")
    assert person.do("open_room") == ""
    assert person.here is not None
    assert person.here.teaches
    return person


@pytest.fixture
def room(teacher: Person) -> Room:
    assert teacher.here is not None
    return teacher.here.room


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch, room: Room) -> Person:
    person = Person(monkeypatch, "ada")
    assert person.do("join", room.code) == ""
    return person
