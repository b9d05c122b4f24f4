"""The home page: what this is, and where to start."""

from pathlib import Path

import streamlit as st

from playground.web import rooms
from playground.web.forms import message
from playground.web.panels.going_on import going_on, own_runs_link
from playground.web.panels.own import open_own
from playground.web.panels.preset_data import ask_for_data, open_preset
from playground.web.panels.presets import cards, start

PLAYGROUND, DATA, ROOM = (Path(__file__).with_name(f"{page}.py") for page in ("playground", "data", "room"))

message("address")
with st.container(key="pg-welcome", gap="small"):
    st.title("Build a neural network and watch it learn", anchor=False)
    st.markdown(
        "Assemble it from layers, train it live on images, text or your data, draw or type an input, and see what its answer is based on."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = start()
        if st.button("Use your own data", key="bring", icon=":material/upload_file:"):
            open_own()
            st.switch_page(DATA)
        if st.button("Join or teach a class" if rooms.here() is None else "Back to the room", key="class", icon=":material/groups:"):
            st.switch_page(ROOM)
        own_runs_link()
    going_on()

chosen = cards() or chosen
if chosen and open_preset(chosen):
    st.switch_page(PLAYGROUND)
ask_for_data()
