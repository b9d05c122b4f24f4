"""The run of this visit on the home page: how far it has come, and the way back to it."""

import streamlit as st

from playground.presets import name_of
from playground.web import own_runs, session
from playground.web.current import current
from playground.web.links import page_link
from playground.web.markup import quoted
from playground.web.own_runs import given_name
from playground.web.progress import progress_in_words, share_done

_FOLLOW_SECONDS = 1.0


def own_runs_link() -> None:
    """A link to the visitor's runs, if there are any."""
    if own_runs.has_runs(session.owner()):
        page_link("runs", "Your runs", "list_alt")


def going_on() -> None:
    """The run on the screen, followed until it ends; nothing without a run."""
    shown = current()
    if shown is not None:
        st.fragment(_card, run_every=_FOLLOW_SECONDS if shown.active else None)(shown.active)


def _card(followed: bool) -> None:
    shown = current()
    if shown is None or (followed and not shown.active):
        st.rerun()
    name = given_name(shown.info) or name_of(shown.info.spec)
    with st.container(border=True, key="pg-going-on", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f"**Your run: {quoted(name)}**  \n{progress_in_words(shown.info)}",
                width="content",
            )
            page_link("playground", "Watch it train" if shown.active else "Back to your run", "monitoring")
        if shown.active:
            st.progress(share_done(shown.info))
