"""Runs: everything the visitor has trained, to open, compare, continue and delete."""

from pathlib import Path

import streamlit as st

from playground.web.panels import runs_compare, runs_data, runs_device, runs_list

PLAYGROUND = Path(__file__).with_name("playground.py")

overviews = runs_list.listed()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="pg-runs-top"):
    st.title("Runs", anchor=False, width="content")
    if overviews or runs_data.has_uploads() or runs_data.has_rooms():
        with st.popover("My data", icon=":material/folder_managed:", key="my_data", on_change="rerun"):
            runs_device.another_device(overviews, "my_data")
            runs_device.leave(overviews, "my_data")
            runs_data.delete_my_data(overviews, "my_data")
runs_device.arriving()
runs_list.announced(overviews)
runs_compare.compared(overviews)
if runs_list.rows(overviews):
    st.switch_page(PLAYGROUND)
