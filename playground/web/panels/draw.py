"""Drawing a digit while a network says what it sees."""

import streamlit as st

from playground.drawing import DrawingError, prepare_drawing
from playground.web import session
from playground.web.components.draw import draw, ink_of, number_of
from playground.web.links import PAGES, page_link
from playground.web.panels import explain_input
from playground.web.panels.which_network import Choice
from playground.web.reading import as_pixels

_KEY = "drawing-paper"


def introduction() -> None:
    """What this page is."""
    st.title("Draw", anchor=False)
    st.caption("Draw a digit and watch a network make up its mind, stroke by stroke.")


def paper(network: Choice) -> None:
    """The paper, its tools and the answer. Python only keeps the drawing: answers come by a shorter way, without any script."""
    st.fragment(_paper)(network)


def next_steps(network: Choice) -> None:
    """Where to go from here: this drawing and this network go along."""
    with st.container(horizontal=True, vertical_alignment="center"):
        label, icon = "See which pixels decided", ":material/search_insights:"
        if st.button(label, key="draw-explain", icon=icon):
            _carry(network.address)  # no callback: the drawing may come along with the click, and its own callback has to be first
            st.switch_page(PAGES / "explain.py")
        page_link("playground", "Train a network of your own", "hub")


def _paper(network: Choice) -> None:
    draw(network.address, network.classes, key=_KEY, kept=number_of(session.component_value(_KEY, "drawing")), on_drawing_change=_keep)


def _carry(address: str) -> None:
    session.pick_network(address)
    if session.drawing() is not None:
        explain_input.choose_drawing()


def _keep() -> None:
    """Keeps the drawing for Explain, as MNIST would have it."""
    ink = ink_of(session.component_value(_KEY, "drawing"))
    try:
        session.set_drawing(None if ink is None else as_pixels(prepare_drawing(ink))[0])
    except DrawingError:
        session.set_drawing(None)
