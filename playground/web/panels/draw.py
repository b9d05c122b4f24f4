"""Drawing a digit while a network predicts what it is."""

import streamlit as st

from playground.web import session
from playground.web.components.draw import draw, ink_of, number_of
from playground.web.links import PAGES, page_link
from playground.web.panels import explain_images
from playground.web.panels.which_network import Choice

_KEY = "drawing-paper"


def introduction() -> None:
    """What this page is."""
    st.title("Draw", anchor=False)
    st.caption("Draw a digit and watch the network's prediction change with every stroke.")


def paper(network: Choice) -> None:
    """The canvas, its tools and the prediction. Python only keeps the drawing: predictions arrive over a socket, without a script run."""
    st.fragment(_paper)(network)


def next_steps(network: Choice) -> None:
    """Links to the next pages, which keep this drawing and this network."""
    with st.container(horizontal=True, vertical_alignment="center"):
        label, icon = "See which pixels decided", ":material/search_insights:"
        if st.button(label, key="draw-explain", icon=icon):
            _carry(network.address)  # no callback: the drawing may arrive with the click, and its own callback has to run first
            st.switch_page(PAGES / "explain.py")
        page_link("playground", "Train your own network", "hub")


def _paper(network: Choice) -> None:
    draw(network.address, network.classes, key=_KEY, kept=number_of(session.component_value(_KEY, "drawing")), on_drawing_change=_keep)


def _carry(address: str) -> None:
    session.pick_network(address)
    if session.drawing() is not None:
        explain_images.choose_drawing()


def _keep() -> None:
    """Keeps the drawing for Explain, which prepares it for the network as the predict route does."""
    session.set_drawing(ink_of(session.component_value(_KEY, "drawing")))
