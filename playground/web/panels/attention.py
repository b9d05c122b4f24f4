"""The Attention page: what a network looks at. Its parts, in order."""

import streamlit as st

from playground.presets import PRESETS
from playground.web.attention_inputs import ways
from playground.web.components.attention import attention_maps
from playground.web.links import PAGES, page_link
from playground.web.networks import NetworkError, spec_at
from playground.web.panels.preset_data import ask_for_data, cannot_open, open_preset
from playground.web.panels.which_network import Choice, choices
from playground.web.reading import why_not_attention

_KEY = "attention-maps"


def introduction() -> None:
    """What this page is."""
    st.title("Attention", anchor=False)
    st.caption("Type, draw or pick an input, and watch what each part of it attends to, in every layer and head of the network.")


def applies() -> bool:
    """Whether there is a network with attention; if not, says how to get one."""
    found = choices(why_not_attention)
    if found.offered:
        return True
    preset = next((preset for preset in PRESETS.values() if why_not_attention(preset.spec) is None), None)
    with st.container(border=True):
        st.subheader("This page is for networks with attention", anchor=False)
        for sentence in found.refused:
            st.write(sentence)
        st.write("Train a network with a self-attention layer or a transformer block, and come back here, even while it trains.")
        with st.container(horizontal=True):
            refused = cannot_open(preset) if preset else None
            pressed = preset and st.button(f"Open “{preset.title}”", key="attention-preset", type="primary", disabled=refused is not None)
            if preset and pressed and open_preset(preset.name):
                st.switch_page(PAGES / "playground.py")
            page_link("playground", "Build your own", "hub")
    ask_for_data()
    return False


def maps(network: Choice) -> None:
    """Input, prediction and maps. Python only says which network it is: everything else goes over a socket, without a script run."""
    try:
        spec = spec_at(network.address)
    except NetworkError as error:
        st.info(str(error), icon=":material/info:")
        return
    st.fragment(attention_maps)(network.address, ways(spec), spec.data.encoding.how_to_type, key=_KEY)
