"""The socket of a room: what it says, to whom, and when it ends."""

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.catalog.layers import Output
from playground.rooms import Room, Rooms, Teaching, new_challenge
from playground.rooms.results import Results
from playground.runs import RunState
from playground.runs.database import StoreError
from playground.web import followed_rooms, room_messages
from playground.web.followed_rooms import Followed
from playground.web.security import signing
from playground.web.security.room_tickets import new_ticket, owner_of_ticket
from playground.web.server import rooms as server_rooms
from tests.rooms.classes import CIRCLE, TEACHER, opened, store_run, trained


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    monkeypatch.setattr(followed_rooms, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(followed_rooms, "AT_LEAST_SECONDS", 0.01)
    return server_rooms()


@pytest.fixture(autouse=True)
def _rooms_are_closed() -> Iterator[None]:
    yield
    for each in server_rooms().taught_by(TEACHER):
        Teaching(server_rooms(), each.code, TEACHER).end()


def followed(client: TestClient, room: Room, owner: str) -> AbstractContextManager[WebSocketTestSession]:
    return client.websocket_connect(f"/room/{room.code}?ticket={new_ticket(room.code, owner)}")


def until(socket: WebSocketTestSession, kind: str = "room", **wanted: Any) -> dict[str, Any]:
    """The first message of this type with these values."""
    while True:
        message: dict[str, Any] = socket.receive_json()
        if message["type"] == kind and all(message[name] == value for name, value in wanted.items()):
            return message


def test_a_student_hears_what_concerns_them(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    with followed(client, room, "ada") as socket:
        first = until(socket)
        assert (first["role"], first["code"], first["members"], first["paused"]) == ("student", room.code, 2, False)
        assert first["seat"]["number"] == 1
        assert (first["asked"], first["shown"], first["standing"], first["board"]) == (None, None, None, [])
        teaching.pause()
        assert until(socket, paused=True)["drawn"] != first["drawn"]
        teaching.resume()
        assert until(socket, paused=False)["drawn"] == first["drawn"]
        rooms.join(room.code, "cid")
        assert until(socket, members=3)["drawn"] == first["drawn"]  # nothing that a page draws


def test_the_question_comes_to_one_and_after_a_yes_the_run_to_all(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    trained(rooms, room.code, "ada", run := f"w-{room.code}")
    with followed(client, room, "ada") as ada, followed(client, room, "bob") as bob:
        assert run not in json.dumps(until(ada)) + json.dumps(until(bob))
        teaching.ask_to_show(1)
        assert until(ada, asked={"run": run})["shown"] is None
        teaching.set_task("Look")  # so that there is a message in which the question could be
        rooms.join(room.code, "cid")
        assert run not in json.dumps(until(bob, members=3))
        rooms.answer(room.code, "ada", True)
        seat = rooms.room(room.code).seat(1)
        assert seat is not None
        shown = {"name": seat.name, "color": seat.color, "animal": seat.animal, "run": run}
        assert until(ada, shown={**shown, "mine": True})["asked"] is None
        assert until(bob, shown={**shown, "mine": False})["asked"] is None
        rooms.answer(room.code, "ada", False)
        assert until(bob, shown=None)


def test_the_teacher_sees_the_wall_move(client: TestClient, rooms: Rooms) -> None:
    room, _ = opened(rooms, "ada", "bob")
    run = store_run(rooms, f"w-{room.code}", "ada", state=RunState.RUNNING, numbers={"epoch": 1.0})
    with followed(client, room, TEACHER) as socket:
        first = until(socket)
        assert [seat["number"] for seat in first["seats"]] == [1, 2]
        assert until(socket, "wall")["runs"] == {}
        rooms.started(room.code, "ada", run)
        entry = until(socket, "wall")["runs"]["1"]
        assert (entry["run"], entry["epoch"], entry["state"]) == (run, 1.0, "running")
        assert entry["parameters"] > 0
        rooms.runs._records.store.write(run, RunState.RUNNING, "", (), {"epoch": 2.0})
        assert until(socket, "wall")["runs"]["1"]["epoch"] == 2.0


def test_a_network_with_too_many_parameters_is_on_the_board_without_a_rank(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    small = CIRCLE.model_copy(update={"network": (Output(),)})
    teaching.set_challenge(new_challenge(CIRCLE, "accuracy", 0.9, 10))
    trained(rooms, room.code, "ada", f"w1-{room.code}", test_accuracy=0.95)
    trained(rooms, room.code, "bob", f"w2-{room.code}", small, test_accuracy=0.5)
    with followed(client, room, "ada") as socket:
        message = until(socket)
        assert [(entry["rank"], entry["value"], entry["meets"]) for entry in message["board"]] == [(1, 0.5, False), (None, 0.95, False)]
        assert (message["standing"]["rank"], message["standing"]["of"]) == (None, 1)


def test_the_board_is_for_all_and_runs_are_for_the_teacher(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    teaching.set_challenge(new_challenge(CIRCLE, "accuracy", 0.9, None))
    trained(rooms, room.code, "ada", f"w1-{room.code}", test_accuracy=0.85)
    trained(rooms, room.code, "bob", f"w2-{room.code}", test_accuracy=0.95)
    with followed(client, room, "ada") as socket:
        message = until(socket)
        assert [(entry["rank"], entry["value"], entry["meets"], entry["mine"]) for entry in message["board"]] == [
            (1, 0.95, True, False),
            (2, 0.85, False, True),
        ]
        assert (message["standing"]["rank"], message["standing"]["of"]) == (2, 2)
        assert f"-{room.code}" not in json.dumps(message["board"])
    with followed(client, room, TEACHER) as socket:
        assert [(entry["seat"], entry["run"]) for entry in until(socket)["board"]] == [(2, f"w2-{room.code}"), (1, f"w1-{room.code}")]


def ending(socket: WebSocketTestSession) -> tuple[str, int]:
    """Why a socket ends, and the code with which it is closed."""
    reason = until(socket, "over")["reason"]
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return reason, closed.value.code


def test_a_removed_student_hears_nothing_more(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    with followed(client, room, "ada") as ada, followed(client, room, "bob") as bob:
        until(ada)
        until(bob)
        teaching.remove(1)
        assert ending(ada) == ("removed", 4404)
        rooms.leave(room.code, "bob")
        assert ending(bob) == ("left", 4404)


def test_a_room_that_closes_says_so_to_all(client: TestClient, rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    with followed(client, room, "ada") as ada, followed(client, room, TEACHER) as teacher:
        until(ada)
        until(teacher)
        teaching.end()
        assert ending(ada) == ("closed", 4404)
        assert ending(teacher) == ("closed", 4404)
    with followed(client, room, "ada") as late:
        assert ending(late) == ("closed", 4404)


@pytest.mark.parametrize("owner", ["eve", "cid"])
def test_whoever_has_no_seat_hears_nothing(client: TestClient, rooms: Rooms, owner: str) -> None:
    room, _ = opened(rooms, "ada")
    other, _ = rooms.open("cid")  # a teacher elsewhere
    with followed(client, room, owner) as socket:
        assert ending(socket) == ("left", 4404)
    Teaching(rooms, other.code, "cid").end()


def forged(room: Room) -> list[str]:
    key = signing.keys()[0]
    return [
        "", "x", new_ticket("CCCCCC", TEACHER), new_ticket(room.code, TEACHER)[:-1], new_ticket(room.code, TEACHER).replace(TEACHER, "ada"),
        signing.sign(f"{room.code}.{TEACHER}", "owner", key), signing.sign(f"{room.code}.{TEACHER}", "room", "guess" * 10),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(7))
def test_without_a_ticket_of_this_server_nothing_is_said(client: TestClient, rooms: Rooms, number: int) -> None:
    room, _ = opened(rooms, "ada")
    ticket = forged(room)[number]
    assert owner_of_ticket(ticket, room.code) == ""
    with client.websocket_connect(f"/room/{room.code}?ticket={ticket}") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == 4403


def test_a_seat_is_known_at_once_though_the_room_was_read_before(client: TestClient, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed_rooms, "LOOK_SECONDS", 3600.0)
    room, _ = opened(rooms, "ada")
    with followed(client, room, TEACHER) as teacher:
        until(teacher)
        for student in ("bob", "cid"):
            rooms.join(room.code, student)
            with followed(client, room, student) as socket:
                assert until(socket)["role"] == "student"
        rooms.leave(room.code, "bob")
        rooms.join(room.code, "bob")
        with followed(client, room, "bob") as socket:
            assert until(socket)["role"] == "student"


def test_a_page_that_is_open_keeps_a_seat_here(client: TestClient, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    room, _ = opened(rooms, "ada")
    seen: list[tuple[int, ...]] = []
    monkeypatch.setattr(followed_rooms, "SEEN_SECONDS", 0.0)
    monkeypatch.setattr(rooms, "seen", lambda code, numbers: seen.append(tuple(numbers)))
    with followed(client, room, "ada") as socket:
        until(socket)
        teacher = Teaching(rooms, room.code, TEACHER)
        teacher.set_door(False)
        until(socket)
        rooms.join(room.code, "ada")
        teacher.set_task("Look")
        until(socket)
    assert (1,) in seen


def test_a_room_is_read_once_for_all_and_no_longer_than_somebody_follows(
    client: TestClient, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Followed, "close", lambda followed, close=Followed.close: (closed.append("closed"), close(followed)))
    room, _ = opened(rooms, "ada")
    with followed(client, room, "ada") as one:
        until(one)
        with followed(client, room, TEACHER) as other:
            until(other)
        assert closed == []
    assert closed == ["closed"]


def test_no_message_names_an_owner(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "owner-of-one", "owner-of-two")
    teaching.set_challenge(new_challenge(CIRCLE, "accuracy", 0.9, None))
    for number, owner in enumerate(("owner-of-one", "owner-of-two"), start=1):
        trained(rooms, room.code, owner, f"w{number}-{room.code}", test_accuracy=0.9)
    teaching.ask_to_show(1)
    rooms.answer(room.code, "owner-of-one", True)
    teaching.ask_to_show(2)
    room = rooms.room(room.code)
    results = Results(rooms)
    said = [
        room_messages.for_teacher(room, results.board(room)),
        room_messages.wall(results.wall(room), {}),
        *(room_messages.for_student(room, seat, results.board(room)) for seat in room.seats),
    ]
    assert "owner-of" not in json.dumps(said)


def test_no_message_carries_what_a_student_has_written(rooms: Rooms) -> None:
    room, _ = opened(rooms, "ada")
    run = trained(rooms, room.code, "ada", f"w-{room.code}")
    rooms.runs.rename(run, "something rude")
    wall = room_messages.wall(Results(rooms).wall(rooms.room(room.code)), {})
    assert wall["runs"]["1"]["run"] == run
    assert "rude" not in json.dumps(wall)


def test_a_database_that_goes_away_for_a_while_ends_no_socket(client: TestClient, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    room, teaching = opened(rooms, "ada")
    tried = threading.Event()

    def away(*arguments: object, **options: object) -> Room:
        tried.set()
        raise StoreError("the database is away")

    with followed(client, room, "ada") as socket:
        until(socket)
        with monkeypatch.context() as patch:
            patch.setattr(Rooms, "room", away)
            assert tried.wait(20)
        teaching.pause()
        assert until(socket, paused=True)
