"""The Room page of a student."""

import streamlit as st

from playground.rooms import Seat
from playground.web import rooms
from playground.web.components.room_seat import room_seat
from playground.web.forms import message
from playground.web.links import page_link
from playground.web.panels.room_bar import seat_data


def room_student(visit: rooms.Visit, seat: Seat) -> None:
    """Who they are, what there is to do, and the way to the playground."""
    message("room")
    room_seat(seat_data(visit, seat), key="room_seat")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pg-room-onward"):
        page_link("playground", "Go to the playground", "hub")
        st.button("Leave the room", key="room_leave", icon=":material/logout:", type="tertiary", on_click=rooms.leave)
