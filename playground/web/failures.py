"""What a page says when the server cannot do its work: in plain words, and without the places where it keeps its files."""

import streamlit as st

from playground.runs.database import StoreError
from playground.runs.run_error import RunError
from playground.runs.without_folders import without_folders
from playground.web.markup import quoted

_OPERATOR = "The server's log has the details for its operator."


def explain(error: Exception) -> bool:
    """Shows what an error of a page's script means. Returns False for one that has no plain words; Streamlit then shows its own."""
    if isinstance(error, StoreError | RunError):
        st.error(f"This page cannot be shown: {_quoted(error)}. {_OPERATOR}", icon=":material/database_off:")
    elif isinstance(error, OSError):
        st.error(f"The server cannot read or write one of its files ({error.strerror or 'no reason given'}). {_OPERATOR}")
    else:
        return False
    return True


def _quoted(error: Exception) -> str:
    return quoted(without_folders(str(error)))
