"""The Predict page: a trained network's answers for new rows of a table, points or images."""

import streamlit as st

from playground.web.panels import predict, predict_files
from playground.web.panels.which_network import which_network
from playground.web.reading import why_not_predicting

predict.introduction()
with st.container(width=560):
    network = which_network("predict", why_not_predicting)
if predict.takes_rows(network):
    predict.form(network)
    predict_files.table(network)
else:
    predict_files.images(network)
predict.next_steps(network)
