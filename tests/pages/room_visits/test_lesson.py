"""What a teacher does to the class during a lesson, seen by the script of a visit and by the Playground page."""

from collections.abc import Callable

import pytest
from cachetools import TTLCache
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.rooms import Room, Rooms, Teaching, new_challenge
from playground.runs.access import Access
from playground.runs.database import StoreError
from playground.web import edits, own_runs, rooms
from playground.web.room_messages import drawn
from playground.web.server import rooms as server_rooms
from playground.web.server import runs
from tests.own.examples import own_dataset
from tests.pages.controls import enabled, short, wait_for
from tests.pages.reading import messages
from tests.pages.room_visits.person import Person

Visit = Callable[..., AppTest]
LENET = PRESETS["lenet5"].spec


def test_students_command_nothing(ada: Person, room: Room) -> None:
    for command, given in {
        "send": (LENET,), "pause": (), "resume": (), "limit": ((), ("data",)), "set_task": ("no",), "clear_challenge": (),
        "set_challenge": (LENET, "accuracy", 0.9, None), "show": (1,), "stop_showing": (), "remove": (1,), "readmit": (1,),
        "set_door": (False,), "new_key": (), "end": (),
    }.items():  # fmt: skip
        assert "Only the teacher" in ada.do(command, *given), command
        assert server_rooms().room(room.code).experiment is None
        assert not server_rooms().room(room.code).paused


def test_a_page_shows_what_its_browser_has_been_told_by_another_server(
    teacher: Person, room: Room, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_rooms(), "_read", TTLCache(500, 600))
    assert ada.do("expect", "another state") == ""
    assert ada.here is not None
    before = ada.here.drawn
    elsewhere = Rooms(runs())
    Teaching(elsewhere, room.code, "ms-lovelace").set_task("Try a learning rate of 3.")
    ada.do("expect", before)
    assert ada.here.room.task == ""
    ada.do("expect", drawn(elsewhere.room(room.code), ada.here.seat))
    assert ada.here.room.task == "Try a learning rate of 3."
    Teaching(elsewhere, room.code, "ms-lovelace").end()
    ada.do("expect", "over")
    assert ada.here is None


def test_the_teacher_locks_what_a_link_can_lock(teacher: Person, ada: Person) -> None:
    teacher.do("limit", (), ("training", "nonsense"))
    ada.look()
    assert ada.locked == "['training']"
    ada.do("training.epochs")
    assert ada.refused == "Not applied. Your teacher has locked: Epochs, device and early stopping."
    assert ada.spec.training.epochs != 7
    assert "lock" not in ada.address  # a link would keep the locks after the lesson
    ada.do("leave")
    assert ada.locked == "[]"
    assert teacher.locked == "[]"


def test_links_that_a_student_shares_do_not_carry_what_the_teacher_locks(teacher: Person, room: Room, ada: Person) -> None:
    teacher.do("limit", ("schedule",), ("training",))
    ada.open(room=room.code, lock="loss")
    assert ada.locked == "['loss', 'training']"
    assert ada.shared == [{"lock": ["loss"]}] * 2, "what a link has locked, its copies lock, too"


def test_an_experiment_opens_by_itself_unless_the_student_has_edited(teacher: Person, room: Room, ada: Person) -> None:
    teacher.do("limit", (), ("data", "network"))
    teacher.do("send", LENET)
    ada.look()
    assert ada.spec == LENET
    assert ada.here is not None
    assert not ada.here.experiment_waits
    ada.do("training.epochs")
    teacher.do("send", PRESETS["small_cnn"].spec)
    ada.look()
    assert ada.spec.network == LENET.network
    assert ada.here.experiment_waits
    ada.open(room=room.code, spec=to_token(ada.spec))  # a reload does not take their edits away
    assert ada.spec.training.epochs == 7
    assert ada.here.experiment_waits
    ada.do("open_experiment")
    assert ada.spec == PRESETS["small_cnn"].spec
    assert not ada.here.experiment_waits
    teacher.do("send", LENET)
    ada.look()
    assert ada.spec == LENET


def test_opening_an_experiment_can_be_undone_and_never_an_edit_after_it(teacher: Person, room: Room, ada: Person) -> None:
    own = ada.spec
    teacher.do("send", LENET)
    ada.look()
    ada.do("undo_experiment")
    assert ada.spec == own
    ada.do("open_experiment")
    ada.do("training.epochs")
    ada.do("undo_experiment")
    assert ada.spec.training.epochs == 7


def test_a_late_student_gets_the_experiment_at_once(monkeypatch: pytest.MonkeyPatch, teacher: Person, room: Room) -> None:
    teacher.do("send", LENET)
    late = Person(monkeypatch, "bob")
    late.open(room=room.code)
    assert late.spec == LENET
    late.open()
    assert late.spec == LENET
    late.open(room=room.code)  # by the QR code, which has no spec
    assert late.spec == LENET
    teacher.do("send", PRESETS["small_cnn"].spec)
    late.look()
    assert late.spec == PRESETS["small_cnn"].spec


def test_an_experiment_brings_the_leave_to_use_its_uploaded_data(teacher: Person, ada: Person) -> None:
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset("own_table")).spec
    access: Access = runs().access
    access.claim("another", "ms-lovelace")
    assert "only they can send it" in teacher.do("send", spec)
    access.claim(spec.data.key, "ms-lovelace")  # type: ignore[attr-defined]
    assert teacher.do("send", spec) == ""
    ada.look()
    assert ada.spec == spec


def test_a_removed_student_is_told_so_and_a_closed_room_says_so(teacher: Person, room: Room, ada: Person) -> None:
    teacher.do("remove", 1)
    assert ada.look() == "Your teacher has removed you from this room."
    assert ada.here is None
    assert ada.do("join", room.code) == "Your teacher has removed you from this room."
    teacher.do("readmit", 1)
    assert ada.do("join", room.code) == ""
    teacher.do("set_door", False)
    assert ada.look() == ""
    assert teacher.do("end").startswith("The room has been closed")
    assert ada.look().startswith("This room has been closed: its task, challenge and board are gone. Your runs stay yours.")
    assert ada.address == {}


def test_runs_of_students_are_in_the_room_paused_and_resumed_by_the_teacher(visit: Visit) -> None:
    room, _ = server_rooms().open("ms-lovelace")
    teaching = Teaching(server_rooms(), room.code, "ms-lovelace")
    teaching.set_challenge(new_challenge(short(), "accuracy", 0.0, None))
    app = visit("playground", room=room.code, spec=to_token(short(1000)))
    teaching.pause()
    server_rooms()._forget_all()
    app.button(key="play").click().run()  # it was drawn before
    assert "Your teacher has paused all runs of the room" in messages(app)
    assert app.session_state["values"]["run"] is None
    assert not enabled(app)
    teaching.resume()
    server_rooms()._forget_all()
    app.run()
    app.button(key="play").click().run()
    (seat,) = server_rooms().room(room.code).seats
    run_id = runs().resolve(app.session_state["values"]["run"]).run_id
    assert seat.run == run_id
    teaching.pause()
    assert wait_for(app, "paused") == "paused"
    server_rooms()._forget_all()
    app.run()
    assert enabled(app) == {"stop", "reset"}
    assert "Your teacher has paused all runs of the room" in app.button(key="play").help
    with pytest.raises(rooms.RoomError, match="Your teacher has paused"):
        own_runs.resume(runs().info(run_id).owner, run_id)
    teaching.resume()
    assert wait_for(app, "running") == "running"
    server_rooms()._forget_all()
    app.run()
    assert "stop" in enabled(app)
    app.button(key="stop").click().run()
    wait_for(app, "stopped")
    teaching.end()
    assert runs().info(run_id).owner  # it stays theirs


def test_a_database_that_goes_away_for_a_while_throws_nobody_out(monkeypatch: pytest.MonkeyPatch, teacher: Person, ada: Person) -> None:
    def away(*arguments: object, **options: object) -> Room:
        raise StoreError("the database is away")

    seat = ada.seat
    with monkeypatch.context() as patch:
        patch.setattr(Rooms, "room", away)
        patch.setattr(Rooms, "changing", away)
        ada.look()
        assert ada.here is None
        assert ada.do("answer", True) == "the database is away"
        assert teacher.do("pause") == "the database is away"
    ada.look()
    assert ada.seat == seat
