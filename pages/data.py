"""Data: browse the datasets, or use your own data."""

import streamlit as st

from playground.web.panels import browse, own, own_list
from playground.web.panels.own_digits import digits
from playground.web.panels.own_images import images
from playground.web.panels.own_points import points
from playground.web.panels.own_series import series
from playground.web.panels.own_table import table
from playground.web.panels.own_text import text

st.title("Data", anchor=False)
if own.view() == "browse":
    chosen = browse.chosen()
    browse.cards(chosen)
else:
    ways = {"table": table, "text": text, "series": series, "images": images, "points": points, "digits": digits}
    ways[own.way()]()
    own_list.uploads()
