"""A link for a class, with parts of the page hidden or locked."""

from collections.abc import Callable, Collection

import streamlit as st

from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.classroom import PARTS, Limits, lockable
from playground.web.links import playground_address
from playground.web.panels.privacy import leave, shared


def class_link(spec: ExperimentSpec) -> None:
    """Choices of what to hide and lock, and the resulting link."""
    st.caption(
        "Opens these settings with parts of the page hidden or locked, to keep a class focused. It is not a security feature: anyone can "
        "edit the address."
    )
    given = shared(spec, "opens this link", "share_class_data")
    now = session.link_limits()
    locked = picked("Lock: visible, but cannot be changed", lockable(), now.locked, "class_lock")
    hidden = picked("Hide", tuple(PARTS), now.hidden, "class_hide")
    st.code(
        playground_address(spec=session.token(given), access=leave(given), **Limits(frozenset(hidden), frozenset(locked)).address()),
        language=None,
        wrap_lines=True,
    )
    st.caption(_note(hidden, locked))


def picked(
    label: str, names: tuple[str, ...], now: Collection[str] | None, key: str, on_change: Callable[[], None] | None = None
) -> list[str]:
    """A choice of parts of the page; the names of those that are chosen. now: of those that are chosen at first; None if the widget with
    this key has a value already."""
    return st.pills(
        label,
        names,
        default=None if now is None else [name for name in names if name in now],
        selection_mode="multi",
        format_func=lambda name: PARTS[name].title,
        key=key,
        on_change=on_change,
    )


def _note(hidden: list[str], locked: list[str]) -> str:
    both = [PARTS[name].title for name in hidden if name in locked]
    if not hidden and not locked:
        return "Nothing is hidden or locked yet: this is the regular link."
    if both:
        return f"Hidden and locked: {', '.join(both)}."
    return "A preset or a file that would change a locked part cannot be opened."
