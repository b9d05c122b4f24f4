"""Who is let into a room, as whom, and who leaves it again."""

import ipaddress
import socket
from functools import cache

import pytest

from playground.rooms import Room, Rooms
from playground.runs.database import StoreError
from playground.web import own_runs, rooms
from playground.web.rooms import addresses, doors
from playground.web.security import seats
from playground.web.security.attempts import Attempts
from playground.web.server import rooms as server_rooms
from tests.pages.conftest import ROOT
from tests.pages.room_visits.person import Person


def test_a_student_joins_by_a_code_however_it_is_typed_or_by_a_link(monkeypatch: pytest.MonkeyPatch, room: Room) -> None:
    seats = set()
    for number, text in enumerate(
        (room.code.lower(), f" {room.code[:3]}-{room.code[3:]} ", f"https://lab.example/room?room={room.code}&x=1")
    ):
        person = Person(monkeypatch, f"student-{number}")
        assert person.do("join", text) == ""
        seats.add(person.seat)
        assert person.address == {"room": room.code}
    assert len(seats) == 3


def test_a_reload_returns_to_the_same_seat_and_leaving_gives_it_up(teacher: Person, room: Room, ada: Person) -> None:
    seat = ada.seat
    ada.open()
    assert ada.seat == seat
    ada.do("leave")
    assert ada.here is None
    assert ada.address == {}
    teacher.look()
    assert teacher.here is not None
    assert teacher.here.room.members == 0
    ada.open(room=room.code)
    assert ada.seat == seat


def test_an_address_without_a_room_returns_to_the_seat(monkeypatch: pytest.MonkeyPatch, room: Room, ada: Person) -> None:
    tab = Person(monkeypatch, "ada")  # an address that was typed
    assert tab.seat == ada.seat
    assert tab.address == {"room": room.code}
    assert Person(monkeypatch, "eve").here is None


def test_who_has_left_or_was_removed_does_not_return(monkeypatch: pytest.MonkeyPatch, teacher: Person, room: Room, ada: Person) -> None:
    ada.do("leave")
    ada.look()
    assert ada.here is None
    assert Person(monkeypatch, "ada").here is None
    ada.do("join", room.code)
    assert Person(monkeypatch, "ada").here is not None
    teacher.do("remove", 1)
    assert ada.look() == "Your teacher has removed you from this room."
    assert Person(monkeypatch, "ada").here is None


def test_a_teacher_returns_to_their_own_room_until_it_ends(monkeypatch: pytest.MonkeyPatch, teacher: Person, room: Room) -> None:
    again = Person(monkeypatch, "ms-lovelace")
    assert again.here is not None
    assert again.here.teaches
    again.do("leave")
    again.look()
    assert again.here is None
    teacher.do("end")
    assert Person(monkeypatch, "ms-lovelace").here is None


def test_a_visit_looks_for_its_room_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Rooms, "newest_of", lambda _, owner: asked.append(owner))
    person = Person(monkeypatch, "bob")
    person.look()
    person.open(room="CCCCCC")
    assert asked == ["bob"]


def test_a_visit_begins_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreError("the database is away")

    monkeypatch.setattr(Rooms, "newest_of", away)
    person = Person(monkeypatch, "bob")
    assert person.here is None
    assert person.look() == ""


def test_the_owner_of_a_room_teaches_it_on_every_visit_and_projects_no_key(teacher: Person, room: Room) -> None:
    assert teacher.here is not None
    assert teacher.here.key
    assert teacher.address == {"room": room.code}
    teacher.open()
    assert teacher.here.teaches
    assert teacher.here.key == ""
    assert teacher.do("new_key") == ""
    assert teacher.here.key
    teacher.do("leave")
    assert teacher.here is None
    assert teacher.do("join", room.code) == ""
    assert teacher.here.teaches


def test_the_teachers_link_makes_a_teacher_and_a_wrong_key_makes_nobody(
    monkeypatch: pytest.MonkeyPatch, teacher: Person, room: Room
) -> None:
    assert teacher.here is not None
    link = rooms.teacher_link(teacher.here)
    assert link.endswith(f"room?room={room.code}&key={teacher.here.key}")
    other = Person(monkeypatch, "bob")
    other.open(room=room.code, key="x" * 22)
    assert other.here is None
    other.open(room=room.code, key=teacher.here.key)
    assert other.here is not None
    assert other.here.teaches
    assert other.address == {"room": room.code}
    teacher.do("new_key")
    assert "newest teacher's link" in other.look()
    assert other.here is None


def test_without_cookies_the_key_stays_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.web.session.address.accepts_cookies", lambda: False)
    person = Person(monkeypatch, "")
    person.do("open_room")
    assert person.here is not None
    assert person.address == {"room": person.here.room.code, "key": person.here.key}
    person.open()
    assert person.here.teaches
    person.do("end")


def test_wrong_codes_are_refused_by_rate_and_in_words(monkeypatch: pytest.MonkeyPatch, room: Room) -> None:
    monkeypatch.setattr(doors, "wrong_codes", cache(lambda: Attempts(3, 10.0, lambda: 100.0)))
    guesser = Person(monkeypatch, "eve")
    for text in ("", "CDF", "x" * 10_000, "<b>CDF347</b>", "CDF34*"):
        assert "A room code has 6 letters and digits" in guesser.do("join", text)  # which tells nobody anything, and counts for nothing
    assert guesser.do("join", "cda 121") == "No room has this code. Check the board: a code never contains A, 1 or 2."
    assert guesser.do("join", "CDF34O") == "No room has this code. Check the board: a code never contains O."
    for _ in range(3):
        assert "No room has this code. It may have been closed" in guesser.do("join", "CCCCCC")
    for code in ("CCCCCC", room.code):
        assert guesser.do("join", code) == "Too many wrong codes have been tried from your address. Wait 11 seconds, then try again."
    guesser.open(room=room.code)
    assert guesser.here is None


def test_wrong_keys_count_as_wrong_codes(monkeypatch: pytest.MonkeyPatch, room: Room) -> None:
    monkeypatch.setattr(doors, "wrong_codes", cache(lambda: Attempts(1, 10.0, lambda: 100.0)))
    guesser = Person(monkeypatch, "eve")
    guesser.open(room=room.code, key="x" * 22)
    guesser.open(room=room.code, key="y" * 22)
    assert "Too many wrong codes" in guesser.do("join", room.code)


def test_one_address_opens_only_so_many_rooms_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "openings", cache(lambda: Attempts(1, 180.0, lambda: 100.0)))
    person = Person(monkeypatch, "bob")
    assert person.do("open_room") == ""
    assert "Many rooms have been opened from your address. Wait 4 minutes" in person.do("open_room")


def test_a_seat_counts_for_its_room_where_limits_are_per_address(ada: Person, room: Room) -> None:
    assert seats.place_of("ada", "10.0.0.1") == f"room {room.code}"
    assert seats.place_of("eve", "10.0.0.1") == "10.0.0.1"
    ada.do("leave")
    assert seats.place_of("ada", "10.0.0.1") == "10.0.0.1"


def test_another_device_gets_the_seat(ada: Person, room: Room) -> None:
    own_runs.hand_over("ada", "bob")
    seat = server_rooms().room(room.code).seat(1)
    assert seat is not None
    assert seat.owner == "bob"


def test_delete_my_data_deletes_rooms_and_seats(teacher: Person, room: Room, ada: Person) -> None:
    assert server_rooms().has_any("ada")
    assert own_runs.delete_all("ada") == ""
    assert not server_rooms().has_any("ada")
    assert own_runs.delete_all("ms-lovelace") == ""
    assert server_rooms().taught_by("ms-lovelace") == ()


@pytest.mark.parametrize("address", ["http://192.168.7.2:8501", "https://lab.example/app", "https://localhost.example", ""])
def test_others_open_a_room_under_the_address_of_the_page(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(addresses, "app_address", lambda: address)
    assert rooms.for_others() == rooms.ForOthers(address)


@pytest.mark.parametrize("address", ["http://localhost:9000/lab", "http://127.0.0.1:9000/lab", "http://[::1]:9000/lab"])
def test_a_page_of_this_machine_names_its_address_in_the_network(monkeypatch: pytest.MonkeyPatch, room: Room, address: str) -> None:
    """With the port at which the server listens: the one in the browser may be that of a tunnel."""
    monkeypatch.setattr(addresses, "app_address", lambda: address)
    monkeypatch.setattr(addresses, "_address_in_the_network", lambda: "192.168.7.2")
    monkeypatch.setattr(addresses, "_in_a_container", lambda: False)
    monkeypatch.setattr(addresses.st, "get_option", {"server.address": "0.0.0.0", "server.port": 8501}.get)
    others = rooms.for_others()
    assert (others.app, others.works) == ("http://192.168.7.2:8501/lab", True)
    assert rooms.student_link(room) == f"{others.app}/room?room={room.code}"
    monkeypatch.setattr(addresses, "_in_a_container", lambda: True)
    assert "container" in rooms.for_others().note
    assert not rooms.for_others().works
    monkeypatch.setattr(addresses, "_address_in_the_network", lambda: None)
    others = rooms.for_others()
    assert (others.app, others.works) == (address, False)
    assert "this machine's address in your network" in others.note


def test_a_server_for_this_machine_only_says_how_it_is_started_for_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "app_address", lambda: "http://localhost:8501")
    monkeypatch.setattr(addresses.st, "get_option", {"server.address": "localhost"}.get)
    others = rooms.for_others()
    assert (others.app, others.works) == ("http://localhost:8501", False)
    assert "make run HOST=0.0.0.0" in others.note
    assert "HOST ?=" in (ROOT / "Makefile").read_text()


def test_the_address_in_the_network_is_one_of_this_machine() -> None:
    """Whoever binds to an address has it."""
    address = addresses._address_in_the_network()
    if address is None:
        pytest.skip("this machine is in no network")
    assert not ipaddress.ip_address(address).is_loopback
    with socket.socket() as own:
        own.bind((address, 0))
