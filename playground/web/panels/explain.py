"""The Explain page: why a network makes a prediction. Its parts, in order."""

from contextlib import AbstractContextManager, nullcontext
from html import escape
from pathlib import Path

import streamlit as st

from playground.explain.render import photograph
from playground.runs import RunNotFound
from playground.web import session
from playground.web.links import page_link
from playground.web.markup import image, percent
from playground.web.networks import Network, NetworkError, network_at
from playground.web.panels import explain_input, explain_maps, explain_methods
from playground.web.panels.explain_input import Picked
from playground.web.panels.explain_methods import Question
from playground.web.panels.which_network import Choice
from playground.web.reading import why_not_explainable
from playground.web.server import runs

_STYLES = Path(__file__).resolve().parents[3] / "assets" / "css" / "explain.css"
_PREDICTED = -1
"""Stands for the predicted class, whichever it is."""


def introduction() -> None:
    """Title and purpose of the page."""
    st.html(_STYLES)
    st.title("Explain", anchor=False)
    st.caption("Pick an image and see which of its pixels led to the network's prediction, with four methods side by side.")


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
        st.subheader("This page is for networks that classify images", anchor=False)
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
    """The image, the network's prediction, and the settings that all methods share."""
    probabilities = network.run.probabilities(picked.x)[0].tolist()
    classes = network.run.classes
    predicted = max(range(len(classes)), key=probabilities.__getitem__)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="verdict"):
        st.html(_verdict(picked, classes, predicted, probabilities[predicted], network), width="content")
        target = _target(classes, probabilities, predicted)
        return explain_methods.question(target, "the prediction" if target == predicted else _named(classes[target]))


def attributions(network: Network, picked: Picked, question: Question) -> None:
    """The four methods."""
    explain_methods.methods(network, picked, question)


def feature_maps(network: Network, picked: Picked) -> None:
    """Feature maps of the image."""
    st.subheader("Inside the network", anchor=False)
    st.caption("The output of a layer for this image: where each filter finds its pattern, or how strongly each unit responds.")
    explain_maps.maps(network, picked)


def _verdict(picked: Picked, classes: tuple[str, ...], predicted: int, confidence: float, network: Network) -> str:
    if picked.truth is None:
        outcome = ""
    elif picked.truth == predicted:
        outcome = '<p class="pg-outcome pg-right">which is correct</p>'
    else:
        outcome = f'<p class="pg-outcome pg-wrong">which is wrong: the true class is {escape(classes[picked.truth])}</p>'
    shown = image(photograph(picked.pixels[0]), picked.title)
    return (
        f'<section class="pg-verdict" data-label="{escape(classes[predicted], quote=True)}">{shown}'
        f'<div><p class="pg-what">{escape(picked.title)} is classified as</p>'
        f'<p class="pg-answer">{escape(classes[predicted])} <small>{percent(confidence)}</small></p>{outcome}'
        f'<p class="pg-what">{escape(network.title)}, after {network.run.step:,} steps</p></div></section>'
    )


def _named(name: str) -> str:
    """A class in a sentence: a 2, an 8, “Sandal”."""
    if not name.isdecimal():
        return f"“{name}”"
    return f"an {name}" if name.startswith("8") else f"a {name}"


def _target(classes: tuple[str, ...], probabilities: list[float], predicted: int) -> int:
    """The class whose output is explained: the predicted one, unless another is picked."""
    titles = {_PREDICTED: "Predicted class"} | {i: f"{name} ({percent(probabilities[i])})" for i, name in enumerate(classes)}
    options = list(titles)
    kept = session.choice("explain-target", _PREDICTED)
    target = st.selectbox(
        "Why",
        options,
        options.index(kept) if kept in titles else 0,
        format_func=lambda index: titles.get(index, str(index)),
        key="explain-target",
        width=150,
        help="The class whose output is explained. Pick another one to see the evidence for it.",
    )
    session.choose("explain-target", target)
    return predicted if target == _PREDICTED else int(target)
