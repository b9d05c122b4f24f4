"""Rooms in a database: who gets in, who keeps a seat, and what is left of it all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from playground.rooms import DoorClosedError, NotTheTeacherError, RoomError, RoomNotFoundError, Rooms, SeatRemovedError, Teaching
from playground.rooms.rooms import MOST_OPENED, MOST_TEACHERS
from playground.runs.tables import RoomRow, RoomRun, RoomSeat, RoomTeacher, Run
from tests.rooms.classes import TEACHER, opened, seat_of, store_run, trained
from tests.rooms.conftest import Clock


def test_a_student_has_the_same_seat_ever_after(rooms: Rooms) -> None:
    room, _ = opened(rooms)
    seat = rooms.join(room.code, "ada")
    assert (seat.number, seat.state) == (1, "here")
    assert rooms.join(room.code, "bob").number == 2
    assert rooms.join(room.code, "ada") == seat
    rooms.leave(room.code, "ada")
    assert seat_of(rooms, room.code, "ada").state == "left"
    assert rooms.room(room.code).members == 1
    assert rooms.join(room.code, "ada") == seat


def test_the_newest_open_room_of_an_owner_is_found(rooms: Rooms, clock: Clock) -> None:
    older, _ = opened(rooms, "ada", "bob")
    clock.wait(hours=7)
    newer, teaching = opened(rooms, "ada")
    assert [rooms.newest_of(owner) for owner in ("ada", "bob", "cid", "")] == [newer.code, older.code, None, None]
    assert rooms.newest_of(TEACHER) == newer.code
    teaching.remove(1)
    assert rooms.newest_of("ada") == older.code
    clock.wait(hours=6)  # the older one closes
    assert rooms.newest_of("ada") is None
    assert rooms.newest_of(TEACHER) == newer.code


def test_a_class_joins_at_once_and_all_names_differ(start_server: Callable[..., Rooms]) -> None:
    servers = start_server(), start_server()
    room, _ = opened(servers[0])
    with ThreadPoolExecutor(16) as threads:
        seats = list(threads.map(lambda number: servers[number % 2].join(room.code, f"s{number}"), range(60)))
    assert sorted(seat.number for seat in seats) == list(range(1, 61))
    assert len({seat.name for seat in seats}) == 60
    assert servers[1].room(room.code).members == 60


def test_there_are_as_many_seats_as_the_settings_say(start_server: Callable[..., Rooms]) -> None:
    rooms = start_server(most_seats=2)
    room, _ = opened(rooms, "ada", "bob")
    with pytest.raises(RoomError, match=r"All seats of this room are taken \(2\)\..*PLAYGROUND_ROOM_SEATS"):
        rooms.join(room.code, "cid")
    assert rooms.join(room.code, "ada").number == 1


def test_nobody_new_comes_through_a_closed_door(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    rooms.leave(room.code, "bob")
    teaching.set_door(False)
    with pytest.raises(DoorClosedError):
        rooms.join(room.code, "cid")
    assert [rooms.join(room.code, each).number for each in ("ada", "bob")] == [1, 2]
    teaching.set_door(True)
    assert rooms.join(room.code, "cid").number == 3


def test_a_removed_student_can_neither_come_back_nor_take_part(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    run = store_run(rooms, "w1", "ada")
    teaching.remove(1)
    assert rooms.room(room.code).members == 0
    for attempt in (
        lambda: rooms.join(room.code, "ada"),
        lambda: rooms.started(room.code, "ada", run),
        lambda: rooms.answer(room.code, "ada", True),
    ):
        with pytest.raises(SeatRemovedError):
            attempt()
    teaching.readmit(1)
    assert rooms.join(room.code, "ada").number == 1


def test_there_is_no_room_without_its_code(rooms: Rooms) -> None:
    opened(rooms)
    for attempt in (
        lambda: rooms.room("CCCCCC"),
        lambda: rooms.join("CCCCCC", "ada"),
        lambda: rooms.teach("CCCCCC", "key", "ada"),
        lambda: rooms.leave("CCCCCC", "ada"),
        lambda: Teaching(rooms, "CCCCCC", TEACHER).pause(),
    ):
        with pytest.raises(RoomNotFoundError):
            attempt()


def test_the_key_makes_a_teacher_and_nothing_else_does(rooms: Rooms) -> None:
    room, key = rooms.open(TEACHER)
    for forged in ("", "x" * 22, key[:-1], key.swapcase(), room.code):
        with pytest.raises(NotTheTeacherError):
            rooms.teach(room.code, forged, "eve")
    rooms.join(room.code, "ada")
    assert not rooms.room(room.code).is_taught_by("ada")
    assert rooms.teach(room.code, key, "colleague").is_taught_by("colleague")
    Teaching(rooms, room.code, "colleague").set_task("Learn")
    assert rooms.room(room.code).task == "Learn"


def test_the_key_is_not_stored(rooms: Rooms) -> None:
    _, key = rooms.open(TEACHER)
    with rooms.runs.session() as session:
        assert key not in str(session.execute(select(RoomRow.__table__)).all())


def test_a_new_key_takes_teaching_away_from_all_who_had_the_old_one(rooms: Rooms) -> None:
    room, key = rooms.open(TEACHER)
    rooms.teach(room.code, key, "colleague")
    rooms.teach(room.code, key, "eve")
    new = Teaching(rooms, room.code, "colleague").new_key()
    assert rooms.room(room.code).teachers == {TEACHER, "colleague"}
    with pytest.raises(NotTheTeacherError):
        rooms.teach(room.code, key, "eve")
    assert rooms.teach(room.code, new, "dan").is_taught_by("dan")


def test_browsers_that_have_shown_the_key_do_not_pile_up(rooms: Rooms, clock: Clock) -> None:
    room, key = rooms.open(TEACHER)
    for number in range(MOST_TEACHERS + 5):
        clock.wait(seconds=1)
        rooms.teach(room.code, key, f"v{number}")
    teachers = rooms.room(room.code).teachers
    assert len(teachers) <= MOST_TEACHERS + 2
    assert {TEACHER, f"v{MOST_TEACHERS + 4}"} <= teachers
    assert "v0" not in teachers


def test_one_visitor_and_all_together_open_only_so_many_rooms(start_server: Callable[..., Rooms], clock: Clock) -> None:
    rooms = start_server(in_all=MOST_OPENED + 1)
    for _ in range(MOST_OPENED):
        rooms.open(TEACHER)
    with pytest.raises(RoomError, match=f"You have {MOST_OPENED} open rooms"):
        rooms.open(TEACHER)
    rooms.open("another")
    with pytest.raises(RoomError, match="PLAYGROUND_ROOMS_IN_ALL"):
        rooms.open("a third")
    clock.wait(hours=13)
    rooms.open(TEACHER)


def test_a_restarted_server_and_every_other_one_have_the_same_room(start_server: Callable[..., Rooms]) -> None:
    first = start_server()
    room, teaching = opened(first, "ada")
    teaching.set_task("Learn")
    teaching.limit(["loss"], ["data"])
    first.runs.close()
    second = start_server()
    assert second.room(room.code).task == "Learn"
    assert second.room(room.code).seat_of("ada") == seat_of(second, room.code, "ada")
    third = start_server()
    Teaching(third, room.code, TEACHER).set_task("Learn more")
    again = start_server()
    assert again.room(room.code).task == "Learn more"
    assert (again.room(room.code).hidden, again.room(room.code).locked) == (("loss",), ("data",))


def test_a_room_closes_after_its_last_activity(start_server: Callable[..., Rooms], clock: Clock) -> None:
    rooms = start_server(hours=2)
    room, teaching = opened(rooms, "ada")
    assert (room.closes - clock.now).total_seconds() == 2 * 3600
    clock.wait(hours=1.5)
    rooms.seen(room.code, [1])  # an open page is no activity
    rooms.opened(room.code, "ada", 1)
    assert (rooms.room(room.code).closes - clock.now).total_seconds() == 1800
    teaching.set_task("Learn")
    clock.wait(hours=1.5)
    assert rooms.room(room.code).task == "Learn"
    clock.wait(hours=0.6)
    assert rooms.taught_by(TEACHER) == ()
    for attempt in (lambda: rooms.room(room.code), lambda: rooms.join(room.code, "ada"), lambda: teaching.set_task("")):
        with pytest.raises(RoomNotFoundError):
            attempt()


def count(rooms: Rooms, *tables: type) -> list[int]:
    with rooms.runs.session() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_of_a_room_that_has_closed_only_the_runs_stay(rooms: Rooms, clock: Clock) -> None:
    room, teaching = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    teaching.ask_to_show(1)
    assert rooms.tidy() == 0
    clock.wait(hours=12.1)
    another, _ = rooms.open(TEACHER)
    assert rooms.tidy() == 1
    assert rooms.room(another.code).members == 0
    assert count(rooms, RoomRow, RoomTeacher, RoomSeat, RoomRun, Run) == [1, 1, 0, 0, 1]


def test_the_teacher_ends_a_room_for_good(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    teaching.end()
    with pytest.raises(RoomNotFoundError):
        rooms.room(room.code)
    assert count(rooms, RoomRow, RoomTeacher, RoomSeat, RoomRun, Run) == [0, 0, 0, 0, 1]


def test_a_run_that_is_deleted_leaves_the_room(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    teaching.ask_to_show(1)
    rooms.runs.delete("w1")
    rooms.changed(room.code)
    assert seat_of(rooms, room.code, "ada").run is None
    assert rooms.room(room.code).asked is None
    assert count(rooms, RoomRun) == [0]


def test_students_who_close_their_pages_are_away(rooms: Rooms, clock: Clock) -> None:
    room, _ = opened(rooms, "ada", "bob")
    clock.wait(seconds=90)
    rooms.seen(room.code, [2])
    rooms.changed(room.code)
    assert [seat.state for seat in rooms.room(room.code).seats] == ["away", "here"]
    assert rooms.room(room.code).members == 2


def test_deleting_ones_data_deletes_seats_and_opened_rooms(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    trained(rooms, room.code, "ada", "w1")
    teaching.ask_to_show(1)
    rooms.answer(room.code, "ada", True)
    theirs, _ = rooms.open("ada")
    rooms.join(theirs.code, "bob")
    assert rooms.has_any("ada")
    rooms.forget("ada")
    assert not rooms.has_any("ada")
    assert [seat.owner for seat in rooms.room(room.code).seats] == ["bob"]
    assert rooms.room(room.code).shown is None
    assert count(rooms, RoomRun) == [0]
    with pytest.raises(RoomNotFoundError):
        rooms.room(theirs.code)
    rooms.forget("")
    assert rooms.room(room.code).members == 1


def test_another_device_gets_seats_and_rooms(rooms: Rooms) -> None:
    room, _ = opened(rooms, "before", "after")
    other, _ = opened(rooms, "before")
    trained(rooms, room.code, "before", "w1")
    theirs, _ = rooms.open("before")
    rooms.hand_over("before", "after")
    assert [seat.owner for seat in rooms.room(room.code).seats] == ["after"]
    assert seat_of(rooms, other.code, "after").number == 1
    assert rooms.room(theirs.code).is_taught_by("after")
    assert not rooms.has_any("before")
    with rooms.runs.session() as session:
        assert session.scalar(select(RoomRun.seat)) == seat_of(rooms, room.code, "after").number


def test_whoever_has_seen_a_change_is_not_shown_an_older_room(rooms: Rooms) -> None:
    room, teaching = opened(rooms)
    reading = next(rooms._readings)  # of somebody who is slow
    old = rooms.room(room.code)
    teaching.set_task("Learn")
    rooms._remember(reading, old)
    assert rooms.room(room.code).task == "Learn"
