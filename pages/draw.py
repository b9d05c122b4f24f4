"""The Draw page: a digit, with live predictions while it is drawn."""

import streamlit as st

from playground.web.panels import draw
from playground.web.panels.which_network import which_network
from playground.web.reading import why_not_drawable

draw.introduction()
with st.container(width=560):
    network = which_network("draw", why_not_drawable)
draw.paper(network)
draw.next_steps(network)
