"""That a command of the teacher has reached the class."""

import streamlit as st

from playground.catalog.messages import counted
from playground.web import rooms, session


def told(what: str) -> None:
    """Says how many students a command has reached, beside the menu that stays open; nothing if it failed. what: the sentence up to their
    number."""
    visit = rooms.here()
    if visit is None or session.message("room") is not None:
        return
    count = visit.room.members
    text = f"{what} {counted(count, 'student')}." if count else "Done. Nobody has joined yet: whoever joins will see it."
    st.toast(text, icon=":material/check:")
