"""The panels of the Attention page below the maps."""

import streamlit as st

from playground.web.components.attention_panels import attention_arithmetic, attention_beside, attention_heads
from playground.web.panels.which_network import Choice


def arithmetic(network: Choice) -> None:
    """How one token's attention is computed."""
    st.subheader("The arithmetic of one token", anchor=False)
    st.caption("Every number between a token and what its head adds for it: softmax(q · k / √d) · v, step by step.")
    st.fragment(attention_arithmetic)(network.address, key="attention-arithmetic")


def cut(network: Choice) -> None:
    """What heads are worth."""
    st.subheader("Cut a head", anchor=False)
    st.caption(
        "A head that is cut adds nothing to its layer's output; everything else works as before. "
        "Source: Michel, Levy and Neubig 2019, arXiv:1905.10650."
    )
    st.fragment(attention_heads)(network.address, key="attention-heads")


def beside(network: Choice) -> None:
    """Whether attention explains the prediction."""
    st.subheader("Attention beside an attribution", anchor=False)
    st.caption("The same input twice: by the attention that each part of it receives, and by how much it contributes to the prediction.")
    st.fragment(attention_beside)(network.address, key="attention-beside")
