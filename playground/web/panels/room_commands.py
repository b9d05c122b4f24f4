"""What a teacher does with a room: each command is a button, or a form behind one."""

import streamlit as st

from playground.presets import PRESETS
from playground.rooms import Room
from playground.runs.overview import summary
from playground.spec import ExperimentSpec
from playground.web import rooms, session
from playground.web.classroom import PARTS, lockable
from playground.web.markup import quoted
from playground.web.panels.class_link import picked
from playground.web.panels.room_bar import cannot_send
from playground.web.panels.room_challenge import challenge_form
from playground.web.panels.room_told import told

_LONGEST_TASK = 2_000
_TASK, _DOOR, _LOCK, _HIDE, _PRESET = "room_task", "room_door", "room_lock", "room_hide", "room_preset"


def room_commands(visit: rooms.Visit) -> None:
    """All of them, in the order in which a lesson needs them."""
    room = visit.room
    with st.container(horizontal=True, gap="xsmall", key="pg-room-commands"):
        with st.popover("Send experiment", icon=":material/send:", key="room_send_menu"):
            _send(room)
        if room.paused:
            about = "Runs that the room has paused go on"
            st.button("Resume all", key="room_resume", type="primary", icon=":material/play_arrow:", on_click=rooms.resume, help=about)
        else:
            about = "Pause every run of the class; nobody can start one until you resume"
            st.button("Pause all", key="room_pause", icon=":material/pause:", on_click=rooms.pause, help=about)
        with st.popover(_limits_in_short(room), icon=":material/lock:", key="room_lock_menu"):
            _limits(room)
        with st.popover("Task" if not room.task else "Task · set", icon=":material/assignment:", key="room_task_menu"):
            _task(room)
        with st.popover("Challenge" if room.challenge is None else "Challenge · set", icon=":material/flag:", key="room_challenge_menu"):
            challenge_form(room)
        with st.popover("Settings", icon=":material/settings:", key="room_menu"):
            _room(visit)


def _send(room: Room) -> None:
    spec = session.spec()
    if room.experiment is not None:
        st.caption(f"Sent last: {quoted(summary(room.experiment.spec))}")
    st.markdown("**On your Playground page**")
    st.caption(quoted(summary(spec)))
    why = cannot_send(spec)
    is_sent = room.experiment is not None and room.experiment.spec == spec
    st.button(
        "Send again" if is_sent else "Send this experiment", key="room_send", type="primary", icon=":material/send:", on_click=_send_it,
        args=(spec,), disabled=why is not None, help=why,
    )  # fmt: skip
    st.markdown("**Or a preset**")
    name = st.selectbox("Preset", list(PRESETS), format_func=lambda each: PRESETS[each].title, key=_PRESET, label_visibility="collapsed")
    st.button("Send this preset", key="room_send_preset", on_click=_send_it, args=(PRESETS[name].spec,))
    st.caption("It opens on every student's page. Those who have changed their own are asked first.")


def _send_it(spec: ExperimentSpec) -> None:
    rooms.send(spec)
    told("Sent to")


def _limits_in_short(room: Room) -> str:
    """ "Lock · 2, hide · 1"."""
    counts = {"lock": len(room.locked), "hide": len(room.hidden)}
    text = ", ".join(f"{word} · {count}" for word, count in counts.items() if count) or "lock"
    return text[0].upper() + text[1:]


def _limits(room: Room) -> None:
    st.caption("Applies to every student at once. It focuses a class; it is not a security feature.")
    lock, hide = session.key_of_widget(_LOCK, room.locked), session.key_of_widget(_HIDE, room.hidden)
    picked("Lock: visible, but cannot be changed", lockable(), room.locked, lock, lambda: _limit(lock, hide))
    picked("Hide", tuple(PARTS), room.hidden, hide, lambda: _limit(lock, hide))
    st.button(
        "Unlock and show everything", key="room_free", on_click=rooms.limit, args=((), ()), disabled=not room.locked and not room.hidden
    )


def _limit(lock: str, hide: str) -> None:
    rooms.limit(session.widget(hide) or (), session.widget(lock) or ())


def _task(room: Room) -> None:
    key = session.key_of_widget(_TASK, room.task)
    with st.form("room_task_form", border=False):
        st.text_area(
            "What the class is to do", room.task, key=key, max_chars=_LONGEST_TASK, height=180, placeholder="Find out what happens if …"
        )
        st.form_submit_button("Show it to the class", type="primary", key="room_task_set", on_click=_set_task, args=(key,))
    st.button("Remove the task", key="room_task_clear", on_click=rooms.set_task, args=("",), disabled=not room.task)


def _set_task(key: str) -> None:
    task = str(session.widget(key) or "")
    rooms.set_task(task)
    if task:
        told("The task is shown to")


def _room(visit: rooms.Visit) -> None:
    room = visit.room
    key = session.key_of_widget(_DOOR, room.door_open)
    st.toggle(
        "Door open",
        room.door_open,
        key=key,
        on_change=_door,
        args=(key,),
        help="With a closed door nobody new can join; those who are in the room go on",
    )
    removed = [seat for seat in room.seats if seat.state == "removed"]
    for seat in removed:
        st.button(f"Let {seat.name} come back", key=f"room_readmit_{seat.number}", on_click=rooms.readmit, args=(seat.number,))
    st.markdown("**Your link**")
    if link := rooms.teacher_link(visit):
        st.caption("Whoever opens it teaches this room: keep it for yourself, for example to go on at another computer.")
        st.code(link, language=None, wrap_lines=True)
    else:
        st.caption("For another computer, or a colleague. This browser no longer knows the earlier link; a new one replaces it.")
    st.button("Make a new link", key="room_new_key", on_click=rooms.new_key, help="The earlier link stops working")
    st.button("Leave for now", key="room_away", on_click=rooms.leave, help="The room stays open; your next visit returns to it")
    st.markdown("**The end**")
    st.caption("Seats, task, challenge and board are deleted. The students keep their runs.")
    sure = st.checkbox("The lesson is over", key="room_sure")
    st.button("End the room", key="room_end", icon=":material/logout:", disabled=not sure, on_click=rooms.end)


def _door(key: str) -> None:
    rooms.set_door(bool(session.widget(key)))
