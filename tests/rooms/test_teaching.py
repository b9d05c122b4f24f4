"""What a teacher may do, and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from playground.presets import PRESETS
from playground.rooms import LONGEST_TASK, NotTheTeacherError, RoomError, Rooms, Teaching, new_challenge
from playground.runs import RunNotFound, RunState
from tests.rooms.classes import CIRCLE, TEACHER, opened, seat_of, store_run, trained

ACCURACY = new_challenge(CIRCLE, "accuracy", 0.95, 2000)

COMMANDS: dict[str, Callable[[Teaching], object]] = {
    "send": lambda teaching: teaching.send(CIRCLE),
    "pause": lambda teaching: teaching.pause(),
    "resume": lambda teaching: teaching.resume(),
    "limit": lambda teaching: teaching.limit(["loss"], []),
    "set_task": lambda teaching: teaching.set_task("no"),
    "set_challenge": lambda teaching: teaching.set_challenge(ACCURACY),
    "ask_to_show": lambda teaching: teaching.ask_to_show(1),
    "stop_showing": lambda teaching: teaching.stop_showing(),
    "remove": lambda teaching: teaching.remove(1),
    "readmit": lambda teaching: teaching.readmit(1),
    "set_door": lambda teaching: teaching.set_door(False),
    "new_key": lambda teaching: teaching.new_key(),
    "end": lambda teaching: teaching.end(),
}


def test_every_command_is_tried_here() -> None:
    assert set(COMMANDS) == {name for name in vars(Teaching) if not name.startswith("_")}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the same on both; commands that do something are tried on both
@pytest.mark.parametrize("command", COMMANDS)
def test_neither_students_nor_strangers_command(rooms: Rooms, command: str) -> None:
    room, _ = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    before = rooms.room(room.code)
    for owner in ("ada", "eve", ""):
        with pytest.raises(NotTheTeacherError):
            COMMANDS[command](Teaching(rooms, room.code, owner))
        rooms.changed(room.code)
        assert rooms.room(room.code) == before


def test_teachers_of_other_rooms_do_not_command_here(rooms: Rooms) -> None:
    room, _ = opened(rooms)
    rooms.open("eve")
    with pytest.raises(NotTheTeacherError):
        Teaching(rooms, room.code, "eve").pause()


def test_experiments_are_numbered(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    assert room.experiment is None
    teaching.send(CIRCLE)
    teaching.send(PRESETS["lenet5"].spec, "leave")
    sent = rooms.room(room.code).experiment
    assert sent is not None
    assert (sent.number, sent.spec, sent.access) == (2, PRESETS["lenet5"].spec, "leave")
    rooms.opened(room.code, "ada", 2)
    assert seat_of(rooms, room.code, "ada").opened == 2


def test_a_task_is_a_text_within_a_bound(rooms: Rooms) -> None:
    room, teaching = opened(rooms)
    teaching.set_task("  <b>Über</b> 95 %\n")
    assert rooms.room(room.code).task == "<b>Über</b> 95 %"
    with pytest.raises(RoomError, match="this one has 2,001"):
        teaching.set_task("x" * (LONGEST_TASK + 1))
    teaching.set_task("")
    assert rooms.room(room.code).task == ""


def test_a_run_is_shown_only_after_a_yes(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    with pytest.raises(RoomError, match="has not started a run"):
        teaching.ask_to_show(1)
    with pytest.raises(RoomError, match="no such seat"):
        teaching.ask_to_show(9)
    trained(rooms, room.code, "ada", "w1")
    rooms.answer(room.code, "ada", True)  # to no question
    assert rooms.room(room.code).shown is None
    teaching.ask_to_show(1)
    rooms.answer(room.code, "bob", True)  # a question to somebody else
    assert rooms.room(room.code).shown is None
    trained(rooms, room.code, "ada", "w2")
    rooms.answer(room.code, "ada", True)
    shown = rooms.room(room.code).shown
    assert shown is not None
    assert (shown.seat, shown.run) == (1, "w1")  # the one that was asked for
    assert rooms.room(room.code).asked is None
    rooms.answer(room.code, "bob", False)
    assert rooms.room(room.code).shown is not None
    rooms.answer(room.code, "ada", False)  # takes it back
    assert rooms.room(room.code).shown is None


def test_a_no_is_a_no_until_the_teacher_asks_again(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    teaching.ask_to_show(1)
    rooms.answer(room.code, "ada", False)
    asked = rooms.room(room.code).asked
    assert asked is not None
    assert asked.answer == "no"
    rooms.answer(room.code, "ada", True)
    assert rooms.room(room.code).shown is None
    teaching.ask_to_show(1)
    rooms.answer(room.code, "ada", True)
    assert rooms.room(room.code).shown is not None
    teaching.stop_showing()
    assert rooms.room(room.code).shown is None


@pytest.mark.parametrize("goes", ["leaves", "is removed"])
def test_nothing_of_a_student_who_has_gone_is_shown(rooms: Rooms, goes: str) -> None:
    room, teaching = opened(rooms, "ada")
    trained(rooms, room.code, "ada", "w1")
    teaching.ask_to_show(1)
    rooms.answer(room.code, "ada", True)
    teaching.ask_to_show(1)
    if goes == "leaves":
        rooms.leave(room.code, "ada")
    else:
        teaching.remove(1)
    assert rooms.room(room.code).shown is None
    assert rooms.room(room.code).asked is None
    with pytest.raises(RoomError, match="no longer in the room"):
        teaching.ask_to_show(1)


@dataclass(frozen=True)
class Info:
    state: RunState


@dataclass
class Computed:
    """What pausing and resuming needs of the runs: their states, and the database of real ones."""

    states: dict[str, RunState] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)

    def info(self, run_id: str) -> Info:
        if run_id not in self.states:
            raise RunNotFound
        return Info(self.states[run_id])

    def pause(self, run_id: str) -> None:
        self.done.append(("pause", run_id))
        self.states[run_id] = RunState.PAUSED

    def resume(self, run_id: str) -> None:
        self.done.append(("resume", run_id))
        self.states[run_id] = RunState.RUNNING


@pytest.fixture
def computed(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> Computed:
    made = Computed()
    for name in ("info", "pause", "resume"):
        monkeypatch.setattr(rooms.runs, name, getattr(made, name))
    return made


def test_pausing_all_pauses_what_goes_and_resuming_resumes_the_same(rooms: Rooms, computed: Computed) -> None:
    room, teaching = opened(rooms, "ada", "bob")
    for run_id, owner, state in (
        ("w1", "ada", RunState.RUNNING),
        ("w2", "ada", RunState.PAUSED),
        ("w3", "bob", RunState.QUEUED),
        ("w4", "bob", RunState.FINISHED),
    ):
        rooms.started(room.code, owner, store_run(rooms, run_id, owner, state=state))
        computed.states[run_id] = state
    store_run(rooms, "w5", "ada", state=RunState.RUNNING)  # not in the room
    computed.states["w5"] = RunState.RUNNING
    teaching.pause()
    assert sorted(computed.done) == [("pause", "w1"), ("pause", "w3")]
    assert rooms.room(room.code).paused
    assert [rooms.is_held(run_id) for run_id in ("w1", "w2", "w4", "w5", "w9")] == [True, True, True, False, False]
    computed.done.clear()
    teaching.resume()
    assert sorted(computed.done) == [("resume", "w1"), ("resume", "w3")]
    assert not rooms.is_held("w1")
    computed.done.clear()
    teaching.resume()
    assert computed.done == []


def test_a_run_that_starts_while_all_are_paused_is_paused_and_resumed_with_them(rooms: Rooms, computed: Computed) -> None:
    room, teaching = opened(rooms, "ada")
    teaching.pause()
    computed.states["w1"] = RunState.RUNNING
    rooms.started(room.code, "ada", store_run(rooms, "w1", "ada", state=RunState.RUNNING))
    assert computed.done == [("pause", "w1")]
    teaching.end()
    assert computed.done[1:] == [("resume", "w1")]


def test_a_student_who_was_removed_is_no_longer_held(rooms: Rooms, computed: Computed) -> None:
    room, teaching = opened(rooms, "ada")
    computed.states["w1"] = RunState.RUNNING
    rooms.started(room.code, "ada", store_run(rooms, "w1", "ada", state=RunState.RUNNING))
    teaching.pause()
    assert rooms.is_held("w1")
    teaching.remove(1)
    assert not rooms.is_held("w1")


def test_the_challenge_is_stored_as_it_was_made(rooms: Rooms) -> None:
    room, teaching = opened(rooms)
    teaching.set_challenge(ACCURACY)
    assert rooms.room(room.code).challenge == ACCURACY
    teaching.set_challenge(None)
    assert rooms.room(room.code).challenge is None
    assert rooms.room(room.code).is_taught_by(TEACHER)
