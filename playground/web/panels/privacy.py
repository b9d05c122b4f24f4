"""Uploaded data in what is shared: what a receiver can do with it, and the choice to leave it out."""

import streamlit as st

from playground.own import OwnDataset
from playground.own.withheld import without_upload
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.markup import quoted
from playground.web.server import runs

_WITHHELD = "share.without_data"


def has_upload(spec: ExperimentSpec) -> bool:
    """Whether an experiment uses uploaded data."""
    return isinstance(spec.data, OwnDataset) and bool(spec.data.key)


def shared(spec: ExperimentSpec, what: str, key: str) -> ExperimentSpec:
    """What is shared of an experiment: with uploaded data a warning and a switch to leave the data out, which holds for links and files
    alike. what: "opens this link". key: of the switch."""
    if not has_upload(spec):
        return spec
    name = quoted(getattr(spec.data, "called", "")) or "your data"
    withheld = st.toggle(
        "Without the data",
        session.choice(_WITHHELD, False),
        key=key,
        on_change=_choose,
        args=(key,),
        help="Shares the network and all settings. The hash, the name and the class names of your data are left out.",
    )
    if withheld:
        st.caption("Network and settings only: anyone who opens them is asked to upload data or to choose a packaged dataset.")
        return without_upload(spec)
    st.warning(f"Anyone who {what} can use “{name}” on this server: train on it, and see its examples.", icon=":material/lock_open:")
    if runs().access.is_shared(session.key_of(spec), session.owner()):
        st.button(
            "Revoke access",
            key=f"{key}_back",
            icon=":material/lock:",
            on_click=_take_back,
            args=(session.key_of(spec), key),
            help="Links that you have shared will open without this data. Runs that use it keep it.",
        )
    return spec


def leave(spec: ExperimentSpec) -> str | None:
    """What a link to an experiment must carry so that others may use its uploaded data; None if it needs nothing."""
    if not has_upload(spec):
        return None
    return runs().access.link(session.key_of(spec), session.owner()) or next(iter(session.links()), None)


def _take_back(data: str, key: str) -> None:
    runs().access.take_back(data, session.owner())
    session.choose(_WITHHELD, True)
    session.pick(key, True)


def _choose(key: str) -> None:
    session.choose(_WITHHELD, bool(session.widget(key)))
