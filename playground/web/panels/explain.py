"""The Explain page: why a network makes a prediction. Its parts, in order."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import streamlit as st

from playground.explain import recurrent_layers
from playground.runs import RunNotFound
from playground.web import session
from playground.web.links import page_link
from playground.web.networks import Network, NetworkError, network_at
from playground.web.panels import explain_gradients, explain_input, explain_maps, explain_methods, explain_recurrent, explain_verdict
from playground.web.panels.explain_methods import Question
from playground.web.panels.explain_picked import Picked
from playground.web.panels.which_network import Choice
from playground.web.reading import why_not_explainable
from playground.web.server import runs

_STYLES = Path(__file__).resolve().parents[3] / "assets" / "css" / "explain.css"


def introduction() -> None:
    """Title and purpose of the page."""
    st.html(_STYLES)
    st.title("Explain", anchor=False)
    st.caption(
        "Pick an example and see which parts of it led to the network's answer: pixels, words or steps, with several methods side by side."
    )


def applies() -> bool:
    """Whether this page supports the run on the screen; if not, says so, with alternatives."""
    address = session.run()
    if address is None or session.picked_network() is not None:
        return True
    try:
        spec = runs().info(runs().resolve(address).run_id).spec
    except RunNotFound:
        return True
    reason = why_not_explainable(spec)
    if reason is None:
        return True
    with st.container(border=True):
        st.subheader("This page is for networks that classify images, and for text and sequences", anchor=False)
        st.write(f"Your run is not one of them. {reason} See what it has learned on the Playground page, under Output.")
        with st.container(horizontal=True):
            st.button(
                "Explain the pretrained network",
                key="explain-pretrained",
                type="primary",
                on_click=session.pick_network,
                args=("digits",),
            )
            page_link("playground", "Back to your run", "hub")
    return False


def asking() -> AbstractContextManager[None]:
    """A spinner when the page opens and there is nothing to show yet; later the previous results stay visible."""
    return st.spinner("Running the network…") if session.widget("explain-target") is None else nullcontext()


def network(choice: Choice) -> Network | None:
    """The chosen network in its current state; None, with a message, if it cannot be used."""
    try:
        return network_at(choice.address)
    except NetworkError as error:
        st.info(str(error), icon=":material/hourglass_top:" if error.waiting else ":material/info:")
        return None


def picked(network: Network) -> Picked | None:
    """What to explain."""
    return explain_input.pick(network)


def verdict(network: Network, picked: Picked) -> Question:
    """The example, the network's answer, and the settings that all methods share."""
    return explain_verdict.verdict(network, picked)


def attributions(network: Network, picked: Picked, question: Question) -> None:
    """The four methods."""
    explain_methods.methods(network, picked, question)


def inside(network: Network, picked: Picked) -> None:
    """The outputs of the layers for the example."""
    st.subheader("Inside the network", anchor=False)
    st.caption("The output of a layer for this example: where each filter finds its pattern, or how strongly each unit responds.")
    explain_maps.maps(network, picked)


def recurrent(network: Network, picked: Picked) -> None:
    """What a recurrent layer remembers, step by step, and how far back gradients reach; nothing for other networks."""
    if recurrent_layers(network.run.spec):
        explain_recurrent.states(network, picked)
        explain_gradients.flows(network)
