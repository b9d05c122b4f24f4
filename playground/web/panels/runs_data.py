"""Delete my data: everything that the server stores of a visitor."""

from collections.abc import Sequence

import streamlit as st

from playground.runs import RunState
from playground.runs.database import StoreError
from playground.runs.overview import Overview
from playground.web import own_runs, session
from playground.web.panels import own_list
from playground.web.panels.standing_dialog import close, opener
from playground.web.server import rooms, runs

_NAME = "delete_data"


def has_uploads() -> bool:
    """Whether the visitor has uploaded data to this server."""
    try:
        return bool(runs().access.keys(session.owner()))
    except StoreError:
        return False


def has_rooms() -> bool:
    """Whether the visitor has opened a room, or has a seat in one."""
    try:
        return rooms().has_any(session.owner())
    except StoreError:
        return False


def delete_my_data(overviews: Sequence[Overview], popover: str) -> None:
    """A button for a dialog that says what will be deleted, and does it. popover: as for `opener`."""
    if opener(_NAME, "Delete my data", ":material/delete_forever:", "All runs and uploaded data, from this server", popover):
        _dialog(overviews)


@st.dialog("Delete my data", icon=":material/delete_forever:", on_dismiss=lambda: close(_NAME))
def _dialog(overviews: Sequence[Overview]) -> None:
    count, uploads = len(overviews), len(runs().access.keys(session.owner()))
    going = sum(not RunState(overview.standing.state).ended for overview in overviews)
    parts = []
    if count:
        runs_and_networks = "**your run** with its network" if count == 1 else f"**your {count:,} runs** with their networks"
        parts.append(f"{runs_and_networks}, curves, pictures and settings")
    if uploads:
        theirs = "the dataset" if uploads == 1 else f"the {uploads:,} datasets"
        parts.append(f"**{theirs}** that you uploaded, unless someone else uploaded the same")
    if has_rooms():
        parts.append("**the rooms** that you opened, and your seats in others")
    st.markdown(f"This permanently deletes {', and '.join(parts)}. Links to them stop working, including those you have shared.")
    if going:
        st.markdown(f"{'One of them has' if going == 1 else f'{going} of them have'} not ended yet and will be stopped first.")
    with st.container(horizontal=True, gap="small"):
        sure = st.button("Delete everything", key="delete_data_sure", type="primary", icon=":material/delete_forever:")
        if sure:
            _delete()
            close(_NAME)
            st.rerun()
        if st.button("Keep everything", key="delete_data_keep"):
            close(_NAME)
            st.rerun()


def _delete() -> None:
    if problem := own_runs.delete_all(session.owner()):
        session.set_message("runs", problem)
        return
    session.leave_deleted_runs()
    own_list.forget()
    session.set_message("runs", "Your runs and uploaded data have been deleted from this server.", "note")
