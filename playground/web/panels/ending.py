"""What went wrong with a run, and what to try: shown over the curves, so that nothing on the page moves."""

import streamlit as st

from playground.network import Fix
from playground.runs import RunState
from playground.spec import ExperimentSpec
from playground.training.divergence import remaining
from playground.web import session
from playground.web.current import Current

_ALARMS = (RunState.DIVERGED, RunState.FAILED, RunState.INTERRUPTED)


def ending(spec: ExperimentSpec, current: Current | None) -> None:
    """Why the run on the screen failed, with a button for each fix that still applies to the current settings."""
    if current is None or current.info.state not in _ALARMS or session.choice("ending_closed", None) == current.run_id:
        return
    info = current.info
    fixes = remaining(info.spec, spec) if info.state == RunState.DIVERGED and current.control else ()
    with st.container(key="pg-ending", gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", key="pg-ending-told"):
            st.error(" ".join([info.message, *(() if fixes else info.advice)]))
            st.button(
                ":material/close:", key="ending_close", type="tertiary", on_click=session.choose, args=("ending_closed", current.run_id),
                help="Close and show the curves",
            )  # fmt: skip
        with st.container(horizontal=True, gap="xsmall"):
            for number, (why, fix) in enumerate(fixes):
                off = not session.allows(fix.spec)
                st.button(fix.title, key=f"{session.revision()}.remedy.{number}", disabled=off, on_click=_take, args=(fix,), help=why)
        if current.control and info.spec != spec:
            st.caption("Settings changed: press Train to try them.")


def early(current: Current | None) -> str:
    """Why a successful run ended before its last epoch; "" if it did not."""
    return current.info.message if current is not None and current.info.state not in _ALARMS else ""


def _take(fix: Fix) -> None:
    session.edit(fix.spec, fix.title[:1].lower() + fix.title[1:])
