"""Room: a class that trains together. A teacher opens a room, students join it by its code."""

import streamlit as st

from playground.web import rooms
from playground.web.panels.room_join import room_join
from playground.web.panels.room_student import room_student
from playground.web.panels.room_teaching import room_teaching

visit = rooms.here()
st.title("Room" if visit is None else f"Room {rooms.spaced(visit.room.code)}", anchor=False)
if visit is None:
    room_join()
elif visit.seat is None:
    room_teaching(visit)
else:
    room_student(visit, visit.seat)
