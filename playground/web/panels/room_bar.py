"""The bar of a room on every page, and what is asked for in it."""

from functools import partial
from typing import Any, Literal

import streamlit as st

from playground.network import trace
from playground.rooms import Room, Seat
from playground.spec import ExperimentSpec
from playground.web import rooms, session
from playground.web.classroom import PARTS
from playground.web.components import room_bars
from playground.web.links import page_link
from playground.web.panels.going_on import own_runs_link
from playground.web.panels.room_challenge import challenge_of

_BAR, _TEACHER_BAR = "room_bar", "room_teacher_bar"
_GOING, _BEFORE = "room.going", "room.before"
_ROOM = "Room"

Page = Literal["playground", "room"]


def room_bar(page: str) -> Page | None:
    """The bar, whatever page is open; outside of a room, only why the visit is in none. page: the title of that page. Returns where the
    visitor wants to go."""
    visit = rooms.here()
    if visit is None:
        _over(page)
    elif not (visit.teaches and page == _ROOM):
        with st.container(key="pg-room-bar"):
            if visit.seat is not None:
                data = {**seat_data(visit, visit.seat), "elsewhere": page != "Playground", "message": None if page == _ROOM else _message()}
                room_bars.room_bar(data, key=_BAR, on_asked_change=_asked_by_student, on_changed_change=partial(room_changed, _BAR))
            else:
                data = _teacher_data(visit)
                room_bars.room_teacher_bar(
                    data, key=_TEACHER_BAR, on_asked_change=_asked_by_teacher, on_changed_change=partial(room_changed, _TEACHER_BAR)
                )
    wanted: Page | None = session.choice(_GOING, None)
    session.choose(_GOING, None)
    return None if wanted is None or wanted == page.lower() else wanted


def _over(page: str) -> None:
    """In the place of the bar, that the room was closed, the student removed, or that a link leads to no room, and where to go on; the Room
    page says it itself."""
    told = session.message("room")
    if page == _ROOM or told is None or told.level != "note":
        return
    with st.container(key="pg-room-bar"), st.container(horizontal=True, vertical_alignment="center", gap="small", key="pg-room-over"):
        st.info(told.text, icon=":material/logout:")
        if not session.limits().hides("pages"):
            own_runs_link()
            page_link("room", "Join a room", "login")
        st.button("Close", key="room_over_close", on_click=session.clear_message, args=("room",))


def seat_data(visit: rooms.Visit, seat: Seat) -> dict[str, Any]:
    """What the components of a student are given."""
    room, limits = visit.room, session.limits()
    return {
        "room": visit.socket,
        "drawn": visit.drawn,
        "seat": {"number": seat.number, "name": seat.name, "color": seat.color},
        "code": room.code,
        "task": room.task,
        "challenge": challenge_of(room),
        "locked": [PARTS[name].title for name in room.locked if name not in limits.hidden],
        "hidden": [PARTS[name].title for name in room.hidden],
        "experiment": room.experiment.number if room.experiment is not None else 0,
        "waits": visit.experiment_waits,
        "undo": rooms.can_undo_experiment(),
        "other": room.experiment is not None and room.experiment.spec != session.spec(),
        "watching": room.shown is not None and room.shown.seat != seat.number and session.run() == room.shown.run,
    }


def _teacher_data(visit: rooms.Visit) -> dict[str, Any]:
    room, spec = visit.room, session.spec()
    return {
        "room": visit.socket,
        "drawn": visit.drawn,
        "code": room.code,
        "paused": room.paused,
        "sent": room.experiment is not None and room.experiment.spec == spec,
        "cannot": cannot_send(spec) or "",
        "message": _message(),
    }


def cannot_send(spec: ExperimentSpec) -> str | None:
    """Why an experiment is not worth sending to a class; None if it is."""
    problem = next((each.message for each in trace(spec).problems if each.severity == "error"), None)
    return None if problem is None else f"Fix this first: {problem}"


def _message() -> dict[str, str] | None:
    shown = session.message("room")
    return None if shown is None else {"text": shown.text, "level": shown.level}


def _asked(key: str) -> str:
    """What is asked for in the bar with this key, "" if that was answered already."""
    asked = session.component_value(key, "asked")
    if not isinstance(asked, dict) or not session.first_time(str(asked.get("nonce"))):
        return ""
    session.clear_message("room")
    return str(asked.get("do"))


def _asked_by_student() -> None:
    what, visit = _asked(_BAR), rooms.here()
    if visit is None or visit.seat is None:
        return
    match what:
        case "yes" | "no":
            rooms.answer(what == "yes")
        case "open":
            rooms.open_experiment()
            _go("playground")
        case "undo":
            rooms.undo_experiment()
        case "see":
            _see(visit.room)
        case "back":
            session.set_run(session.choice(_BEFORE, None))
            _go("playground")
        case "go":
            _go("playground")
        case "leave":
            rooms.leave()


def _see(room: Room) -> None:
    """Puts the run that is shown to the class on the screen; the student's own goes on."""
    if room.shown is None:
        return
    if session.run() != room.shown.run:
        session.choose(_BEFORE, session.run())
    session.set_run(room.shown.run)
    _go("playground")


def _asked_by_teacher() -> None:
    what, visit = _asked(_TEACHER_BAR), rooms.here()
    if visit is None or not visit.teaches:
        return
    match what:
        case "send":
            rooms.send(session.spec())
        case "pause":
            rooms.pause()
        case "resume":
            rooms.resume()
        case "room":
            _go("room")


def _go(page: Page) -> None:
    session.choose(_GOING, page)


def room_changed(key: str) -> None:
    """The component with this key has seen that the room is no longer what the script has drawn: it runs again, with the room as it is
    now."""
    changed = session.component_value(key, "changed")
    if isinstance(changed, dict):
        rooms.expect(str(changed.get("drawn")))
