"""A note on what the link locks, next to the locked settings."""

import streamlit as st

from playground.web import session


def lock_note(*parts: str) -> None:
    """A line that names the locked ones of these parts; nothing if none is locked."""
    titles = session.limits().titles(*parts)
    if not titles:
        return
    what = "" if len(parts) == 1 else f": {', '.join(title[:1].lower() + title[1:] for title in titles)}"
    st.caption(f":material/lock: Locked by this link{what}.")
