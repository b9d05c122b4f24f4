"""The Room page without a room: join one, or open one."""

import streamlit as st

from playground.web import rooms, session
from playground.web.forms import message
from playground.web.panels.going_on import own_runs_link

_CODE = "room_code"


def room_join() -> None:
    """Why the visit is in no room any longer, or could not enter one; a large field for the code, and a button for teachers."""
    message("room")
    told = session.message("room")
    if told is not None and told.level == "note":
        own_runs_link()
    join, teach = st.columns([3, 2], gap="large")
    with join, st.container(key="pg-room-join", border=True), st.form("room_join", border=False):
        st.subheader("Join a room", anchor=False)
        st.text_input("Code on the board", key=_CODE, max_chars=300, placeholder="CDF 347", autocomplete="off")
        st.form_submit_button("Join", type="primary", icon=":material/login:", on_click=_join, key="room_join_go")
        st.caption("No name is needed: you get a color and an animal. Your teacher sees the runs that you start while you are in the room.")
    with teach, st.container(key="pg-room-open", border=True):
        st.subheader("Teach a class", anchor=False)
        st.markdown(
            "Open a room and show its code. You see everybody's training live, send an experiment to all, set a task or a challenge, and "
            "show a student's run if they agree."
        )
        st.button("Open a room", key="room_open", icon=":material/co_present:", on_click=rooms.open_room)
        for room in rooms.mine():
            about = "This room is still open"
            st.button(
                f"Back to room {rooms.spaced(room.code)}", key=f"room_back_{room.code}", on_click=rooms.join, args=(room.code,), help=about
            )  # fmt: skip


def _join() -> None:
    rooms.join(str(session.widget(_CODE) or ""))
