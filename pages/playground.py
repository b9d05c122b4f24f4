"""The Playground page: data on the left, the network in the middle and above it what it computes, output on the right, controls on top."""

import streamlit as st

from playground.network import trace
from playground.web import session
from playground.web.current import current
from playground.web.panels.changing import follow_changes
from playground.web.panels.columns import columns
from playground.web.panels.controls import controls
from playground.web.panels.data import data
from playground.web.panels.network import network
from playground.web.panels.network_picture import network_picture
from playground.web.panels.output import output
from playground.web.panels.training import training

shown = current()
follow_changes(shown)
spec = session.spec()
traced = trace(spec)

with st.container(key="pg-controls"):
    controls(spec, traced, shown)

left, middle, right = columns(session.limits())
if right:
    with right, st.container(key="pg-output", gap="xsmall"):  # first, so that the chart of a new run appears as soon as possible
        output(spec, traced, shown)
with middle, st.container(key="pg-middle", gap="xsmall"):
    network_picture(shown)
    network(spec, traced)
    training(spec, traced, shown)
if left:
    with left, st.container(key="pg-data", gap="xsmall"):
        data(spec, traced)
