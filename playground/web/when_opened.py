"""Contents that are drawn when their visitor opens what they are in."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from playground.web import session
from playground.web.components.when_seen import when_seen


def when_opened(name: str, contents: Callable[[], None]) -> None:
    """Inside a popover or an expander: draws its contents if it has been opened in this visit, and until then only what notices that.

    Most visitors open few of them, and all together are half of the elements of the Playground page. The first time, only the contents are
    drawn, not the whole page, so they are there at once. name: of what is opened, the same in every script."""
    if is_opened(name):
        contents()
        return
    drawn = False

    @st.fragment
    def later() -> None:
        nonlocal drawn
        if drawn:  # what the visitor did with the contents concerns the rest of the page as well
            st.rerun()
        drawn = is_opened(name)
        if drawn:
            contents()
        else:
            when_seen(key=f"{name}.seen", on_seen=partial(session.choose, _choice(name), True))

    later()


def is_opened(name: str) -> bool:
    """Whether what has this name has been opened in this visit."""
    return bool(session.choice(_choice(name), False))


def _choice(name: str) -> str:
    return f"{name}.opened"
