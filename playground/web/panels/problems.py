"""Problems of the spec, shown next to the setting they concern, each with its fix as a button."""

import streamlit as st

from playground.network import Problem, Trace
from playground.web import session

_SHOWN = {"error": st.error, "warning": st.warning, "note": st.info}


def problems(traced: Trace, path: str, but: str | None = None) -> None:
    """The problems at a path in the spec, such as "loss", and below it. but: a path below it whose problems are shown elsewhere."""
    shown = (problem for problem in traced.problems if _within(problem.path, path) and not (but and _within(problem.path, but)))
    for number, problem in enumerate(shown):
        with st.container(key=f"{session.revision()}.problem.{path}.{number}", gap="xsmall"):
            _SHOWN[problem.severity](problem.message)
            if problem.fix:
                st.button(
                    problem.fix.title,
                    key=f"{session.revision()}.fix.{path}.{number}",
                    disabled=not session.allows(problem.fix.spec),
                    on_click=apply_fix,
                    args=(problem,),
                )


def apply_fix(problem: Problem) -> None:
    """Applies the fix of a problem."""
    if problem.fix:
        session.edit(problem.fix.spec, problem.fix.title[:1].lower() + problem.fix.title[1:])


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))
