"""Problems of the spec at the place where they are, each with its remedy as a button."""

import streamlit as st

from playground.network import Problem, Trace
from playground.web import session

_SHOWN = {"error": st.error, "warning": st.warning, "note": st.info}


def problems(traced: Trace, place: str, but: str | None = None) -> None:
    """Those at `place` of the spec, as in "loss", and at what lies within it. but: a place within it, whose problems are shown there."""
    found = (each for each in traced.problems if _within(each.path, place) and not (but and _within(each.path, but)))
    for number, problem in enumerate(found):
        with st.container(key=f"{session.revision()}.problem.{place}.{number}", gap="xsmall"):
            _SHOWN[problem.severity](problem.message)
            if problem.fix:
                st.button(
                    problem.fix.title,
                    key=f"{session.revision()}.fix.{place}.{number}",
                    disabled=not session.allows(problem.fix.spec),
                    on_click=remedy,
                    args=(problem,),
                )


def remedy(problem: Problem) -> None:
    """Takes the remedy of a problem."""
    if problem.fix:
        session.edit(problem.fix.spec, problem.fix.title[:1].lower() + problem.fix.title[1:])


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))
