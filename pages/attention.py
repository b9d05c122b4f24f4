"""The Attention page: what a network looks at, while you type or draw."""

import streamlit as st

from playground.web.panels import attention, attention_deeper
from playground.web.panels.which_network import which_network
from playground.web.reading import why_not_attention

attention.introduction()
if attention.applies():
    with st.container(width=560):
        network = which_network("attention", why_not_attention)
    attention.maps(network)
    attention_deeper.arithmetic(network)
    attention_deeper.cut(network)
    attention_deeper.beside(network)
