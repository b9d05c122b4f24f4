"""What a visit has to do with a room, seen by a script that has a button for everything, and by the Playground page."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.rooms import Room, Rooms, Teaching, new_challenge
from playground.runs.access import Access
from playground.runs.database import StoreError
from playground.spec import ExperimentSpec
from playground.web import edits, own_runs, rooms
from playground.web.rooms import doors
from playground.web.security import seats
from playground.web.security.attempts import Attempts
from playground.web.server import rooms as server_rooms
from playground.web.server import runs
from tests.own.examples import own_dataset
from tests.pages.controls import enabled, short, wait_for
from tests.pages.reading import messages, spec_of

Visit = Callable[..., AppTest]
LENET = PRESETS["lenet5"].spec


def _script() -> None:
    import streamlit as st

    from playground.web import edits, rooms, session

    rooms.arrive()
    session.mirror()
    for name in rooms.__all__:
        st.button(name, key=name, on_click=lambda name=name: getattr(rooms, name)(*st.session_state.get("given", ())))
    for path, value in (("training.epochs", 7), ("loss", None), ("training.seed", 3)):
        if value is not None:
            changed = edits.set_field(session.spec(), path, value)
            st.button(path, key=path, on_click=session.edit, args=(changed, path))
    st.session_state["visit"] = rooms.here()
    said = session.message("room")
    st.text(said.text if said else "")
    st.text(str(sorted(session.limits().locked)))
    address = session.message("address")
    st.text(address.text if address else "")


class Person:
    """Somebody with a browser that keeps its cookie."""

    def __init__(self, patch: pytest.MonkeyPatch, name: str) -> None:
        self._patch, self.name = patch, name
        self.open()

    def open(self, **address: str) -> None:
        """Opens the page anew, by default with the address of the page that was open."""
        before = self.address if hasattr(self, "_app") else {}
        self._app = AppTest.from_function(_script, default_timeout=60)
        self._app.query_params.update(address or before)
        self._run()

    def do(self, name: str, *args: Any) -> str:
        """What the page says of it."""
        self._app.session_state["given"] = args
        self._app.button(key=name).click()
        return self._run()

    def look(self) -> str:
        server_rooms()._forget_all()
        return self._run()

    def _run(self) -> str:
        for module in ("who", "opening"):
            self._patch.setattr(f"playground.web.session.{module}.visitor", lambda: self.name)
        self._app.run()
        assert not self._app.exception, self._app.exception[0].message
        return str(self._app.text[0].value)

    @property
    def here(self) -> rooms.Visit | None:
        found: rooms.Visit | None = self._app.session_state["visit"]
        return found

    @property
    def seat(self) -> str:
        assert self.here is not None
        assert self.here.seat is not None
        return self.here.seat.name

    @property
    def spec(self) -> ExperimentSpec:
        return spec_of(self._app)

    @property
    def address(self) -> dict[str, str]:
        return {name: value if isinstance(value, str) else value[0] for name, value in self._app.query_params.items()}

    @property
    def locked(self) -> str:
        return str(self._app.text[1].value)

    @property
    def refused(self) -> str:
        return str(self._app.text[2].value)


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


def test_students_command_nothing(ada: Person, room: Room) -> None:
    for command, given in {
        "send": (LENET,), "pause": (), "resume": (), "limit": ((), ("data",)), "set_task": ("no",), "clear_challenge": (),
        "set_challenge": (LENET, "accuracy", 0.9, None), "show": (1,), "stop_showing": (), "remove": (1,), "readmit": (1,),
        "set_door": (False,), "new_key": (), "end": (),
    }.items():  # fmt: skip
        assert "Only the teacher" in ada.do(command, *given), command
        assert server_rooms().room(room.code).experiment is None
        assert not server_rooms().room(room.code).paused


def test_wrong_codes_are_refused_by_rate_and_in_words(monkeypatch: pytest.MonkeyPatch, room: Room) -> None:
    monkeypatch.setattr(doors, "wrong_codes", cache(lambda: Attempts(3, 10.0, lambda: 100.0)))
    guesser = Person(monkeypatch, "eve")
    for text in ("", "CDF", "ABC123", "x" * 10_000, "<b>CDF347</b>"):
        assert "A room code has 6 letters and digits" in guesser.do("join", text)  # which tells nobody anything, and counts for nothing
    for _ in range(3):
        assert "There is no room with this code" in guesser.do("join", "CCCCCC")
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
    assert ada.look().startswith("This room has been closed. Your runs stay yours")
    assert ada.address == {}


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


def test_delete_my_data_deletes_rooms_and_seats(teacher: Person, room: Room, ada: Person) -> None:
    assert server_rooms().has_any("ada")
    assert own_runs.delete_all("ada") == ""
    assert not server_rooms().has_any("ada")
    assert own_runs.delete_all("ms-lovelace") == ""
    assert server_rooms().taught_by("ms-lovelace") == ()


def test_another_device_gets_the_seat(ada: Person, room: Room) -> None:
    own_runs.hand_over("ada", "bob")
    seat = server_rooms().room(room.code).seat(1)
    assert seat is not None
    assert seat.owner == "bob"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost:8501", True),
        ("http://127.0.0.1:8501/app", True),
        ("http://[::1]:8501", True),
        ("http://192.168.7.2:8501", False),
        ("https://lab.example/app", False),
        ("https://localhost.example", False),
        ("", False),
    ],
)
def test_links_of_a_page_that_was_opened_as_localhost_lead_others_nowhere(
    monkeypatch: pytest.MonkeyPatch, address: str, local: bool
) -> None:
    monkeypatch.setattr("playground.web.rooms.visit.app_address", lambda: address)
    assert rooms.is_of_this_machine() is local


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
