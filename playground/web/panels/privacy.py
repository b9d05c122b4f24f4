"""Uploaded data in what is shared: what a receiver can do with it, and the choice to leave it out."""

import streamlit as st

from playground.own import OwnDataset
from playground.own.withheld import without_upload
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.markup import quoted

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
        st.caption("Network and settings only: whoever opens them is asked for data of their own, or takes a packaged dataset.")
        return without_upload(spec)
    st.warning(
        f"Whoever {what} can use “{name}” on this server: train on it, and see its examples. It cannot be taken back.",
        icon=":material/lock_open:",
    )
    return spec


def _choose(key: str) -> None:
    session.choose(_WITHHELD, bool(session.widget(key)))
