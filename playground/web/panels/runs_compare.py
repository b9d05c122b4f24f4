"""The curves of chosen runs in one chart."""

from collections.abc import Sequence

import streamlit as st

from playground.runs import RunInfo, RunNotFound
from playground.runs.overview import Overview
from playground.training import declarations
from playground.web import own_runs, session
from playground.web.components.live_chart import live_chart, run_table
from playground.web.earlier import SHOWN, beside

MOST_COMPARED = SHOWN + 1

_CHART, _COMPARED = "runs_chart", "runs.compared"
_HEIGHT = 300


def choose(run_ids: Sequence[str]) -> None:
    """Compares these runs from now on. Runs that are not the visitor's are ignored."""
    session.choose(_COMPARED, list(run_ids)[:MOST_COMPARED])


def compared(overviews: Sequence[Overview]) -> None:
    """The chart with the chosen runs, each by its name, and their numbers; nothing before any were chosen."""
    chosen = _chosen(overviews)
    if len(chosen) < 2:
        return
    (name, first), *others = chosen
    laid = beside(first.spec, name, others)
    with st.container(border=True, key="pg-runs-compared", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Comparison", anchor=False, width="content")
            st.button("Close", key="compared_close", icon=":material/close:", type="tertiary", on_click=choose, args=((),))
        live_chart(
            first.id,
            key=_CHART,
            metrics=declarations(first.spec).metrics,
            height=_HEIGHT,
            earlier=laid,
            named=name,
            on_screen=False,
            visited=session.runs_of_visit(),
            on_asked_change=_asked,
        )
        run_table(key="runs_chart_table")


def _chosen(overviews: Sequence[Overview]) -> list[tuple[str, RunInfo]]:
    """Names and runs, in the order of the list."""
    wanted = session.choice(_COMPARED, [])
    found = []
    for overview in overviews:
        if overview.id in wanted:
            try:
                found.append((overview.name, own_runs.owned(session.owner(), overview.id)))
            except RunNotFound:
                continue
    return found


def _asked() -> None:
    """What the visitor asked for in the table below the chart."""
    asked = session.component_value(_CHART, "asked") or {}
    addresses = [str(address) for address in asked.get("runs", ())]
    if asked.get("do") == "recall":
        session.recall_runs(addresses)
    elif asked.get("do") == "remove":
        choose([run_id for run_id in session.choice(_COMPARED, []) if run_id not in addresses])
