"""Dialogs that stay open across reruns until the visitor closes them."""

import streamlit as st

from playground.web import session


def opener(name: str, title: str, icon: str, about: str, popover: str = "", in_text: bool = False) -> bool:
    """The button of the dialog of this name. popover: the key of the one that contains the button, which would otherwise stay open over the
    dialog. in_text: whether the button stands among others of its kind, without a frame. Returns whether the dialog is open."""
    kind, width = ("tertiary", "content") if in_text else ("secondary", "stretch")
    st.button(title, key=name, icon=icon, type=kind, width=width, on_click=_open, args=(name, popover), help=about)  # type: ignore[arg-type]
    return is_open(name)


def is_open(name: str) -> bool:
    """Whether the dialog is open."""
    return bool(session.choice(_choice(name), False))


def close(name: str) -> None:
    """Closes the dialog: it is not drawn again."""
    session.choose(_choice(name), False)


def _open(name: str, popover: str) -> None:
    session.choose(_choice(name), True)
    if popover:
        session.pick(popover, False)


def _choice(name: str) -> str:
    return f"{name}.open"
