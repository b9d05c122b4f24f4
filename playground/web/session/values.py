"""Where a visit keeps its values: one dictionary of plain data in st.session_state.

Streamlit may interrupt the script at each access to st.session_state, and the access takes longer than most of what callers do with the
value. Therefore the thread of a script looks up the dictionary once."""

import threading
from typing import Any

import streamlit as st

from playground.web.session.opening import opened

_KEY = "values"


def give_way() -> None:
    """In the middle of a long computation: Streamlit breaks the script off here if the visitor has left, or has done something for which
    the page has to be redrawn."""
    _ = _KEY in st.session_state


class _Thread(threading.local):
    """The values of the visit that a script's thread serves; None until they are looked up."""

    values: dict[str, Any] | None = None


_THREAD = _Thread()


def values() -> dict[str, Any]:
    """The values of the visit that this script serves; a new visit begins with what its address opens."""
    if _THREAD.values is None:
        if _KEY not in st.session_state:
            st.session_state[_KEY] = opened()
        _THREAD.values = st.session_state[_KEY]
    return _THREAD.values
