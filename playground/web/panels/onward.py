"""Where to go with a trained network: the pages on which it can be tried."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.current import Current
from playground.web.links import PAGES
from playground.web.reading import why_not_attention, why_not_drawable, why_not_explainable, why_not_predicting


@dataclass(frozen=True)
class Way:
    """A page, what its button says for an experiment, and why a network cannot be used there, None if it can."""

    page: str
    label: Callable[[ExperimentSpec], str]
    icon: str
    why_not: Callable[[ExperimentSpec], str | None]


def _draw_what(spec: ExperimentSpec) -> str:
    return "Draw a digit" if all(name.isdecimal() for name in spec.data.classes) else "Draw an image"


_WAYS = (
    Way("draw", _draw_what, "draw", why_not_drawable),
    Way("predict", lambda _: "Predict", "online_prediction", why_not_predicting),
    Way("explain", lambda _: "See why", "search_insights", why_not_explainable),
    Way("attention", lambda _: "See its attention", "visibility", why_not_attention),
)


def onward(current: Current | None) -> AbstractContextManager[Any]:
    """A button for every page that can use the network of the run on the screen, which opens the page with this network. Returns their row,
    for what else can be done with it."""
    if current is None:
        return nullcontext()
    row = st.container(horizontal=True, gap="small", key="pg-onward", width="content")
    with row:
        for way in _WAYS:
            if way.why_not(current.info.spec) is None:
                label, icon = way.label(current.info.spec), f":material/{way.icon}:"
                if st.button(label, key=f"onward-{way.page}", icon=icon, type="tertiary"):
                    session.pick_network(current.address)
                    st.switch_page(PAGES / f"{way.page}.py")
    return row
