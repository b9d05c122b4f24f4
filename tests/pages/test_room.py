"""The Room page and the bars without a browser: what teachers and students are given, and what their buttons do."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.presets import PRESETS
from playground.rooms import Room, Teaching, new_challenge
from playground.web import rooms
from playground.web.components.room_code import qr
from playground.web.rooms import doors
from playground.web.server import rooms as server_rooms
from tests.pages.conftest import ROOT
from tests.pages.reading import messages, spec_of
from tests.rooms.classes import CIRCLE, TEACHER, store_run

Visit = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _rooms_are_closed() -> Iterator[None]:
    doors.openings.cache_clear()
    yield
    for owner in {TEACHER, *_OWNERS}:
        server_rooms().forget(owner)
    _OWNERS.clear()


_OWNERS: set[str] = set()


def owner_of(app: AppTest) -> str:
    """Of a visit without cookies."""
    owner = f"v{app.session_state['values']['visit']}"
    _OWNERS.add(owner)
    return owner


def drawn(app: AppTest) -> AppTest:
    """The page, as the room is now."""
    server_rooms()._forget_all()
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def given(app: AppTest, *names: str) -> dict[str, Any]:
    """What the component is given that has data of all these names."""
    found = [data for part in app.get("bidi_component") if set(names) <= (data := json.loads(part.proto.bytes)).keys()]
    return found[0] if found else {}


def bar(app: AppTest) -> dict[str, Any]:
    return given(app, "seat", "elsewhere")


def ways(app: AppTest) -> set[str]:
    """The pages that links on the page lead to."""
    return {link.proto.page for link in app.get("page_link")}


def page(app: AppTest, name: str) -> AppTest:
    app.switch_page(str(ROOT / "pages" / f"{name}.py"))
    return drawn(app)


@pytest.fixture
def teacher(visit: Visit) -> AppTest:
    """Who has just opened a room."""
    app = visit("room")
    app.button(key="room_open").click()
    drawn(app)
    owner_of(app)
    return app


@pytest.fixture
def room(teacher: AppTest) -> Room:
    (room,) = server_rooms().taught_by(owner_of(teacher))
    return room


@pytest.fixture
def student(visit: Visit, room: Room) -> AppTest:
    app = visit("room", room=room.code)
    owner_of(app)
    return app


def teaching(room: Room) -> Teaching:
    (owner,) = {owner for owner in _OWNERS if room.is_taught_by(owner)}
    return Teaching(server_rooms(), room.code, owner)


def test_without_a_room_one_can_be_joined_by_a_code_or_opened(visit: Visit, room: Room) -> None:
    app = visit("room")
    owner_of(app)
    assert [each.value for each in app.subheader] == ["Join a room", "Teach a class"]
    app.text_input(key="room_code").set_value("nothing")
    app.button(key="room_join_go").click()
    assert "A room code has six" in messages(drawn(app)).replace("6", "six")
    assert not bar(app)
    app.text_input(key="room_code").set_value(f" {room.code[:2].lower()}-{room.code[2:]}")
    app.button(key="room_join_go").click()
    assert bar(drawn(app))["code"] == room.code
    assert app.title[0].value == f"Room {rooms.spaced(room.code)}"


def test_a_teacher_sees_code_and_wall_and_finds_the_room_again(teacher: AppTest, room: Room) -> None:
    way, wall = given(teacher, "qr"), given(teacher, "playground")
    assert way["code"] == rooms.spaced(room.code)
    assert way["door"] is True
    assert wall["challenge"] is None
    assert wall["room"].startswith(f"room/{room.code}?ticket=")
    assert not bar(teacher)
    teacher.button(key="room_away").click()
    assert not given(drawn(teacher), "qr")
    teacher.button(key=f"room_back_{room.code}").click()
    assert given(drawn(teacher), "qr")


def test_a_qr_code_is_a_square_whose_corners_are_marked() -> None:
    """Without a camera: the finder patterns of QR codes are 7 × 7 in three corners, dark at their edge."""
    side, path = qr("https://playground.school.example/room?room=CDF347").values()
    dark = {tuple(int(number) for number in each.split("h")[0].split()) for each in path.split("M")[1:]}
    assert all(0 <= x < side and 0 <= y < side for x, y in dark)
    for left, top in ((0, 0), (side - 7, 0), (0, side - 7)):
        assert {(left + x, top) for x in range(7)} <= dark
        assert (left + 1, top + 1) not in dark
        assert (left + 3, top + 3) in dark


def test_a_student_is_told_on_every_page_who_they_are_and_what_there_is_to_do(student: AppTest, room: Room) -> None:
    teaching(room).set_task("Find <b>out</b>.")
    teaching(room).set_challenge(new_challenge(CIRCLE, "accuracy", 0.95, 2000))
    teaching(room).limit(("share",), ("loss",))
    (seat,) = server_rooms().room(room.code).seats
    for name in ("home", "data", "playground", "runs", "draw", "predict", "explain", "attention", "room"):
        told = bar(page(student, name))
        assert told["seat"] == {"number": seat.number, "name": seat.name, "color": seat.color}, name
        assert told["task"] == "Find <b>out</b>."
        assert told["challenge"]["sentence"] == server_rooms().room(room.code).challenge.sentence  # type: ignore[union-attr]
        assert (told["locked"], told["hidden"]) == (["Loss"], ["Share"])
        assert told["elsewhere"] == (name != "playground")
        if name == "home":
            assert student.button(key="class").label == "Back to the room"
    assert given(student, "seat", "task")["room"].startswith(f"room/{room.code}?ticket=")


def test_an_experiment_that_was_not_opened_waits_in_the_bar(student: AppTest, room: Room) -> None:
    page(student, "playground")
    next(field for field in student.number_input if str(field.key).endswith("training.epochs")).set_value(7)
    drawn(student)
    assert (bar(student)["waits"], bar(student)["other"]) == (False, False)
    teaching(room).send(CIRCLE, "")
    assert (bar(drawn(student))["waits"], bar(student)["other"]) == (True, True)
    assert bar(student)["undo"] is False, "the last edit is theirs"
    assert spec_of(student).training.epochs == 7


def test_an_experiment_that_has_opened_can_be_undone_in_the_bar(student: AppTest, room: Room) -> None:
    assert bar(student)["undo"] is False
    teaching(room).send(CIRCLE, "")
    assert bar(drawn(student))["undo"] is True


def test_leaving_gives_the_page_back(student: AppTest, room: Room) -> None:
    student.button(key="room_leave").click()
    drawn(student)
    assert not bar(student)
    assert student.button(key="room_open")
    assert server_rooms().room(room.code).members == 0


def test_commands_of_the_teacher_reach_the_room(teacher: AppTest, room: Room) -> None:
    def now() -> Room:
        server_rooms()._forget_all()
        return server_rooms().room(room.code)

    teacher.button(key="room_pause").click()
    drawn(teacher)
    assert now().paused
    teacher.button(key="room_resume").click()
    drawn(teacher)
    assert not now().paused
    teacher.button(key="room_send").click()
    assert now().experiment is None
    drawn(teacher)
    assert now().experiment.spec == spec_of(teacher)  # type: ignore[union-attr]
    assert [each.value for each in teacher.toast] == ["Done. Nobody has joined yet: whoever joins will see it."]
    teacher.selectbox(key="room_preset").select("lenet5")
    drawn(teacher)
    teacher.button(key="room_send_preset").click()
    drawn(teacher)
    assert now().experiment.spec == PRESETS["lenet5"].spec  # type: ignore[union-attr]
    teacher.text_area[0].set_value("Try a learning rate of 3.")
    teacher.button(key="room_task_set").click()
    drawn(teacher)
    assert now().task == "Try a learning rate of 3."
    teacher.button(key="room_task_clear").click()
    drawn(teacher)
    assert now().task == teacher.text_area[0].value == ""
    teacher.toggle[0].set_value(False)
    drawn(teacher)
    assert not now().door_open
    assert given(teacher, "qr")["door"] is False


def test_a_command_says_how_many_students_it_has_reached(teacher: AppTest, student: AppTest, room: Room) -> None:
    teacher.button(key="room_send_preset").click()
    assert [each.value for each in drawn(teacher).toast] == ["Sent to 1 student."]
    teacher.text_area[0].set_value("Try a learning rate of 3.")
    teacher.button(key="room_task_set").click()
    assert [each.value for each in drawn(teacher).toast] == ["The task is shown to 1 student."]
    teacher.button(key="room_challenge_set").click()
    assert [each.value for each in drawn(teacher).toast] == ["The challenge is shown to 1 student."]
    teaching(room).end()
    teacher.button(key="room_send_preset").click()
    assert not drawn(teacher).toast


def test_locks_are_chosen_as_in_a_link_for_a_class_and_follow_the_room(teacher: AppTest, room: Room) -> None:
    teacher.button_group[0].set_value(["loss", "data"])
    drawn(teacher)
    assert set(server_rooms().room(room.code).locked) == {"loss", "data"}
    teaching(room).limit(("schedule",), ("optimizer",))  # another teacher of the same room
    drawn(teacher)
    assert teacher.button_group[0].value == ["optimizer"]
    assert teacher.button_group[1].value == ["schedule"]
    labels = [each.proto.popover.label for each in teacher.get("popover")]
    assert "Lock · 1, hide · 1" in labels
    teacher.button(key="room_free").click()
    drawn(teacher)
    assert server_rooms().room(room.code).locked == ()
    assert teacher.button_group[0].value == []


def test_a_challenge_is_set_on_the_data_that_the_class_has(teacher: AppTest, room: Room) -> None:
    teaching(room).send(CIRCLE, "")
    drawn(teacher)
    goal = next(field for field in teacher.number_input if str(field.key).startswith("room_challenge_goal"))
    goal.set_value(90)
    assert teacher.number_input(key="room_challenge_most").value is None, (
        "a value in Streamlit's state is lost on a menu that is opened later"
    )
    teacher.button(key="room_challenge_set").click()
    drawn(teacher)
    challenge = server_rooms().room(room.code).challenge
    assert challenge is not None
    assert (challenge.goal, challenge.most_parameters) == (0.9, None)
    assert CIRCLE.data.title in challenge.sentence
    assert given(teacher, "playground")["challenge"]["sentence"] == challenge.sentence
    teacher.button(key="room_challenge_end").click()
    drawn(teacher)
    assert server_rooms().room(room.code).challenge is None


def test_the_teacher_is_given_a_link_and_can_replace_it(teacher: AppTest, room: Room) -> None:
    (link,) = [each.value for each in teacher.code if "key=" in each.value]
    teacher.button(key="room_new_key").click()
    (other,) = [each.value for each in drawn(teacher).code if "key=" in each.value]
    assert link != other
    assert room.code in other


def test_elsewhere_the_teacher_has_a_bar_with_the_experiment_on_the_page(teacher: AppTest, room: Room) -> None:
    told = given(page(teacher, "playground"), "sent")
    assert (told["sent"], told["cannot"], told["paused"]) == (False, "", False)
    teaching(room).send(spec_of(teacher), "")
    assert given(drawn(teacher), "sent")["sent"] is True
    teaching(room).pause()
    assert given(drawn(teacher), "sent")["paused"] is True
    assert not given(page(teacher, "room"), "sent")


def test_the_run_on_show_is_on_the_teachers_page_and_offered_to_the_class(
    teacher: AppTest, student: AppTest, visit: Visit, room: Room
) -> None:
    other = visit("room", room=room.code)
    run = store_run(server_rooms(), "wShownShownShownShown12", owner_of(student))
    server_rooms().started(room.code, owner_of(student), run)
    seat = next(seat for seat in server_rooms().room(room.code).seats if seat.run == run)
    teaching(room).ask_to_show(seat.number)
    assert not any(each.value.startswith("On show") for each in drawn(teacher).subheader)
    server_rooms().answer(room.code, owner_of(student), True)
    assert f"On show: {seat.name}" in [each.value for each in drawn(teacher).subheader]
    assert given(teacher, "metrics")["run"] == run
    assert bar(drawn(other))["watching"] is False
    other.session_state["values"]["run"] = run
    assert bar(drawn(other))["watching"] is True
    teacher.button(key="room_stop_showing").click()
    drawn(teacher)
    assert server_rooms().room(room.code).shown is None
    owner_of(other)


def test_a_removed_student_can_be_let_in_again(teacher: AppTest, student: AppTest, room: Room) -> None:
    (seat,) = server_rooms().room(room.code).seats
    teaching(room).remove(seat.number)
    assert "removed" in messages(drawn(student))
    assert not bar(student)
    drawn(teacher)
    teacher.button(key=f"room_readmit_{seat.number}").click()
    drawn(teacher)
    assert not [each for each in teacher.button if str(each.key).startswith("room_readmit")]
    student.text_input(key="room_code").set_value(room.code)
    student.button(key="room_join_go").click()
    assert bar(drawn(student))["seat"]["name"] == seat.name


def test_a_student_who_is_removed_is_told_on_whatever_page_they_are(student: AppTest, room: Room) -> None:
    page(student, "data")
    (seat,) = server_rooms().room(room.code).seats
    teaching(room).remove(seat.number)
    assert "removed" in messages(drawn(student))
    student.button(key="room_over_close").click()
    assert "removed" not in messages(drawn(student))


@pytest.mark.parametrize("name", ["playground", "home"])
def test_a_link_to_a_room_that_is_closed_says_so_once_with_a_way_on(visit: Visit, name: str) -> None:
    app = visit(name, room="CCCCCC")
    owner_of(app)
    assert "No room has this code. It may have been closed" in messages(app)
    assert "room" in ways(app)
    assert "room" not in app.query_params
    app.button(key="room_over_close").click()
    assert "No room has this code" not in messages(drawn(app))


def test_a_room_ends_only_after_a_second_thought_and_everybody_is_told(teacher: AppTest, student: AppTest, room: Room) -> None:
    store_run(server_rooms(), "wKeptKeptKeptKeptKept12", owner_of(student))
    assert teacher.button(key="room_end").disabled
    teacher.checkbox(key="room_sure").check()
    drawn(teacher)
    teacher.button(key="room_end").click()
    assert "deleted. The students keep their runs." in messages(drawn(teacher))
    page(student, "playground")
    assert "Your runs stay yours." in messages(student)
    assert "runs" in ways(student), "where they are"
    assert "runs" in ways(page(student, "room"))
    assert not bar(student)
