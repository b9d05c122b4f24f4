"""What the link keeps as it is, said where it is seen."""

import streamlit as st

from playground.web import session


def lock_note(*parts: str) -> None:
    """A line for those of these parts that are locked; nothing where none is."""
    titles = session.limits().titles(*parts)
    if not titles:
        return
    what = "" if len(parts) == 1 else f": {', '.join(title[:1].lower() + title[1:] for title in titles)}"
    st.caption(f":material/lock: Locked by this link{what}.")
