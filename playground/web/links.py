"""Ways from one page to another."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"


def page_link(page: str, label: str, icon: str) -> None:
    """A link to a page by the name of its file. icon: a Material symbol's name."""
    st.page_link(PAGES / f"{page}.py", label=label, icon=f":material/{icon}:")
