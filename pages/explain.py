"""The Explain page: which pixels, words or steps led to a network's answer."""

import streamlit as st

from playground.web.panels import explain
from playground.web.panels.which_network import which_network
from playground.web.reading import why_not_explainable

explain.introduction()
if explain.applies():
    left, right = st.columns([2, 5], gap="large")
    with right:
        with explain.asking(), left:
            network = explain.network(which_network("explain", why_not_explainable))
            picked = explain.picked(network) if network else None
        if network and picked:
            question = explain.verdict(network, picked)
            explain.attributions(network, picked, question)
            explain.inside(network, picked)
            explain.recurrent(network, picked)
