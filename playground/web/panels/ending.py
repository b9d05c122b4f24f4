"""What went wrong in a run, and what to try or to do: shown over the curves, so that nothing on the page moves."""

import streamlit as st

from playground.network import Fix
from playground.runs import RunInfo, RunState
from playground.spec import ExperimentSpec
from playground.training.divergence import RUNAWAY, remaining
from playground.web import session
from playground.web.current import Current
from playground.web.panels.controls import command

_CONTINUABLE = (RunState.FAILED, RunState.INTERRUPTED)
_ALARMS = (RunState.DIVERGED, RunState.FAILED, RunState.REFUSED, RunState.INTERRUPTED)


def ending(spec: ExperimentSpec, current: Current | None) -> None:
    """Why the run on the screen failed, diverges or learned nothing, with a button for each fix that applies to the current settings."""
    if current is None or not (sentences := _sentences(current.info)):
        return
    info, closed = current.info, f"{current.run_id} {current.shown_state}"
    if session.choice("ending_closed", None) == closed:
        return
    diverges = info.state == RunState.DIVERGED or info.diverging
    fixes = remaining(info.spec, spec) if diverges and current.control else ()
    with st.container(key="pg-ending", gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", key="pg-ending-message"):
            text = " ".join([*sentences, *(info.advice if info.state in _ALARMS and not fixes else ())])
            (st.error if info.state in _ALARMS else st.warning)(text)
            st.button(
                ":material/close:", key="ending_close", type="tertiary", on_click=session.choose, args=("ending_closed", closed),
                help="Close and show the curves",
            )  # fmt: skip
        with st.container(horizontal=True, gap="xsmall"):
            if current.control and info.state in _CONTINUABLE:
                st.button(
                    "Resume", key="ending_resume", icon=":material/play_arrow:", on_click=command, args=("resume",),
                    help="Continue from the last checkpoint; the curves will be those of an uninterrupted run",
                )  # fmt: skip
            for number, (why, fix) in enumerate(fixes):
                off = not session.allows(fix.spec)
                st.button(fix.title, key=f"{session.revision()}.suggestion.{number}", disabled=off, on_click=_apply, args=(fix,), help=why)
        if current.control and diverges and info.spec != spec:
            st.caption("Settings changed: press Train to try them.")


def _sentences(info: RunInfo) -> tuple[str, ...]:
    """What to report about a run; () if nothing went wrong."""
    if info.state in _ALARMS:
        return (info.message,)
    if info.diverging:
        return (f"Training is diverging: its loss is {RUNAWAY}. It continues until you stop it.",)
    return info.advice if info.state == RunState.FINISHED else ()


def early(current: Current | None) -> str:
    """Why a successful run ended before its last epoch; "" if it did not."""
    return current.info.message if current is not None and current.info.state not in _ALARMS else ""


def _apply(fix: Fix) -> None:
    session.edit(fix.spec, fix.title[:1].lower() + fix.title[1:])
