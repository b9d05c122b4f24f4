"""Right column: live output of the run."""

from contextlib import suppress

import streamlit as st

from playground.differences import differences
from playground.network import Trace
from playground.presets import name_of
from playground.runs import RunNotFound
from playground.runs.addresses import read_address
from playground.runs.generation import why_not_generating
from playground.runs.info import Branch
from playground.spec import ExperimentSpec
from playground.training import declarations
from playground.web import rooms, session
from playground.web.components.generated import generated
from playground.web.components.live_chart import live_chart, run_table
from playground.web.components.live_view import live_view
from playground.web.components.rewind import rewind
from playground.web.current import Current
from playground.web.earlier import Earlier, earlier_runs, name_of_current
from playground.web.markup import quoted
from playground.web.own_runs import given_name
from playground.web.panels.controls import continue_from, reason, why_not_continue
from playground.web.panels.ending import early, ending
from playground.web.panels.one_step import one_step
from playground.web.panels.onward import onward
from playground.web.server import runs

_SHOWN = 6
_CHART, _REWIND = "live_chart", "rewind"
_CHART_HEIGHT, _VIEW_HEIGHT = 205, 316
"""In pixels: with their captions, both fit into a window 900 pixels high."""


def output(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """Curves, generated text and views of the run on the screen; before the first run, empty axes that say what will be shown, or why
    nothing can be trained: on a narrow screen, the network with its problems is far below."""
    made_from = spec if current is None else current.info.spec
    declared = declarations(made_from)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="output-title"):
        st.subheader("Output", anchor=False, width="content")
        if current is not None and (name := given_name(current.info)):
            st.caption(quoted(name), width="content")
        if current is not None and current.control and current.info.spec != spec:
            _made_from_others(spec, current)
        elif why := early(current):
            st.caption(why)
        if current is not None and current.info.branch is not None:
            st.caption(_lineage(current.info.branch))
        with onward(current):
            one_step(current)
    address = current.address if current else None
    with st.container(key="pg-curves"):
        note = reason(spec, traced) or rooms.paused() or "Press Train to see the curves here."
        earlier = _chart(current, made_from, note)
        ending(spec, current)
    rewind(address, key=_REWIND, why=why_not_continue(current) if current else "", on_asked_change=_continue)
    if not why_not_generating(made_from.data):
        generated(address, made_from.data, key="generated")
    if views := [view for view in declared.views if view.shown]:
        live_view(address, views, key=f"view.{views[0].name}", dataset=made_from.data, height=_VIEW_HEIGHT)
    with st.container(key="pg-run-table"):
        if earlier:
            run_table(key="run_table")
        else:
            st.caption("Train twice with different settings to compare the runs here.")


def _chart(current: Current | None, made_from: ExperimentSpec, note: str) -> list[Earlier]:
    """The curves, with those of the visit's earlier runs, which are returned; without any, the note."""
    earlier = earlier_runs(made_from)
    live_chart(
        current.address if current else None,
        key=_CHART,
        metrics=declarations(made_from).metrics,
        height=_CHART_HEIGHT,
        earlier=earlier,
        note=note,
        named=name_of_current(current.info, earlier) if current else "",
        visited=session.runs_of_visit(),
        on_asked_change=_asked,
    )
    return earlier


def _asked() -> None:
    """What the visitor asked for in the table of runs."""
    asked = session.component_value(_CHART, "asked") or {}
    addresses = [str(address) for address in asked.get("runs", ())]
    if asked.get("do") == "recall":
        session.recall_runs(addresses)
    for address in addresses:
        if address in session.runs_of_visit() and asked["do"] == "open":
            session.set_run(address)
        elif asked["do"] == "remove":
            session.forget_run(address)


def _continue() -> None:
    """The visitor wants a run that goes on from an earlier moment."""
    asked = session.component_value(_REWIND, "asked")
    if isinstance(asked, dict) and type(asked.get("step")) is int and asked["step"] > 0:
        with suppress(RunNotFound):
            continue_from(read_address(asked.get("run")).run_id, asked["step"])


def _lineage(branch: Branch) -> str:
    """From where the run on the screen goes on."""
    try:
        info = runs().info(branch.run_id)
    except RunNotFound:
        return f"from step {branch.step:,} of a deleted run"
    whose = quoted(given_name(info) or name_of(info.spec)) if info.owner == session.owner() else "another run"
    return f"from step {branch.step:,} of {whose}"


def _made_from_others(spec: ExperimentSpec, current: Current) -> None:
    """Says that the settings have changed since the run was started. Next to the title, so that nothing below moves."""
    changed = differences(current.info.spec, spec)
    more = [f"and {len(changed) - _SHOWN} more"] if len(changed) > _SHOWN else []
    st.badge("other settings", color="violet", width="content")
    what = "Changed since this run was started: " + "; ".join(f"`{change}`" for change in changed[:_SHOWN]) + " ".join(["", *more])
    st.button(
        "Use those settings", key="use_run_settings", icon=":material/history:", disabled=not session.allows(current.info.spec),
        on_click=_use, args=(current.info.spec,), help=what, type="tertiary",
    )  # fmt: skip


def _use(spec: ExperimentSpec) -> None:
    session.edit(spec, "restore the run's settings")
