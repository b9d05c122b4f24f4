"""Dialogs that stay open, whatever runs meanwhile, until the visitor closes them: what all of them share."""

import streamlit as st

from playground.web import session


def opener(name: str, title: str, icon: str, about: str) -> bool:
    """The button of the dialog of this name. Returns whether the dialog is open."""
    st.button(title, key=name, icon=icon, width="stretch", on_click=session.choose, args=(_place(name), True), help=about)
    return is_open(name)


def is_open(name: str) -> bool:
    """Whether the visitor has opened it and not closed it."""
    return bool(session.choice(_place(name), False))


def close(name: str) -> None:
    """It is not drawn again."""
    session.choose(_place(name), False)


def _place(name: str) -> str:
    return f"{name}.open"
