"""The main script: runs on every interaction and hands over to the open page."""

from pathlib import Path

import streamlit as st

from playground.web import rooms, session
from playground.web.measuring import measured_page
from playground.web.panels.no_cookies import no_cookies
from playground.web.panels.room_bar import room_bar
from playground.web.styles import styles

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "pages"

st.set_page_config(
    page_title="Neural network playground",
    page_icon=ROOT / "assets" / "icon.svg",
    layout="wide",
    menu_items={"About": "Build a neural network, watch it train, draw a digit for it, and see what its prediction is based on."},
)
st.html(styles("page", "panels", "data", "predict", "runs", "room"))
rooms.arrive()
session.mirror()
no_cookies()

page = st.navigation(
    [
        st.Page(PAGES / "home.py", title="Home", icon=":material/home:", default=True),
        st.Page(PAGES / "data.py", title="Data", icon=":material/database:"),
        st.Page(PAGES / "playground.py", title="Playground", icon=":material/hub:"),
        st.Page(PAGES / "runs.py", title="Runs", icon=":material/list_alt:"),
        st.Page(PAGES / "room.py", title="Room", icon=":material/groups:"),
        st.Page(PAGES / "draw.py", title="Draw", icon=":material/draw:"),
        st.Page(PAGES / "predict.py", title="Predict", icon=":material/online_prediction:"),
        st.Page(PAGES / "explain.py", title="Explain", icon=":material/search_insights:"),
        st.Page(PAGES / "attention.py", title="Attention", icon=":material/visibility:"),
    ],
    position="hidden" if session.limits().hides("pages") else "top",
)
wanted = room_bar(page.title)
if wanted is not None:
    st.switch_page(PAGES / f"{wanted}.py")
with measured_page(page.title):
    page.run()
