"""The Room page of a teacher: the way in, the commands, the run that is shown to the class, and the wall."""

from functools import partial

import streamlit as st

from playground.rooms import Room, Showing
from playground.runs import RunNotFound
from playground.training import declarations
from playground.web import rooms, session
from playground.web.components.live_chart import live_chart
from playground.web.components.room_code import room_code
from playground.web.components.room_wall import room_wall
from playground.web.forms import message
from playground.web.links import playground_address
from playground.web.panels.room_bar import room_changed
from playground.web.panels.room_challenge import challenge_of
from playground.web.panels.room_commands import room_commands
from playground.web.server import runs

_WALL = "room_wall"
_HEIGHT = 280


def room_teaching(visit: rooms.Visit) -> None:
    """Everything of it."""
    room = visit.room
    message("room")
    with st.container(key="pg-room-top"):
        others = rooms.for_others()
        address = f"{others.app}/room".partition("://")[2] or "/room"
        room_code(
            room, visit.socket, spaced=rooms.spaced(room.code), address=address, link=rooms.student_link(room), note=others.note,
            works=others.works, key="room_way",
        )  # fmt: skip
        room_commands(visit)
    if room.shown is not None:
        _on_show(room, room.shown)
    room_wall(
        visit.socket,
        visit.drawn,
        challenge=challenge_of(room),
        playground=playground_address().rstrip("?"),
        key=_WALL,
        on_asked_change=_asked,
        on_changed_change=partial(room_changed, _WALL),
    )


def _on_show(room: Room, shown: Showing) -> None:
    """The run that the class sees, as it trains."""
    name = next((seat.name for seat in room.seats if seat.number == shown.seat), "")
    try:
        spec = runs().info(runs().resolve(shown.run).run_id).spec
    except RunNotFound:
        return
    with st.container(border=True, key="pg-room-shown", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(f"On show: {name}", anchor=False, width="content")
            st.button("Stop showing", key="room_stop_showing", icon=":material/close:", type="tertiary", on_click=rooms.stop_showing)
        live_chart(shown.run, key="room_chart", metrics=declarations(spec).metrics, height=_HEIGHT)


def _asked() -> None:
    """What the teacher asked for on the wall."""
    asked = session.component_value(_WALL, "asked")
    if not isinstance(asked, dict) or not session.first_time(str(asked.get("nonce"))) or not isinstance(asked.get("seat"), int):
        return
    session.clear_message("room")
    match asked.get("do"):
        case "show":
            rooms.show(asked["seat"])
        case "stop_showing":
            rooms.stop_showing()
        case "remove":
            rooms.remove(asked["seat"])
