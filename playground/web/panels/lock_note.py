"""A note on what the link or the teacher of the room locks, next to the locked settings."""

import streamlit as st

from playground.web import session


def lock_note(*parts: str) -> None:
    """A line that names the locked ones of these parts; nothing if none is locked."""
    limits = session.limits()
    titles = limits.titles(*parts)
    if not titles:
        return
    what = "" if len(parts) == 1 else f": {', '.join(title[:1].lower() + title[1:] for title in titles)}"
    by_link = set(titles) <= set(session.link_limits().titles(*parts))
    st.caption(f":material/lock: Locked by {'this link' if by_link else 'your teacher'}{what}.")
