"""Ways from one page to another."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"


def page_link(page: str, label: str, icon: str) -> None:
    """A link to a page by the name of its file. icon: a Material symbol's name."""
    st.page_link(PAGES / f"{page}.py", label=label, icon=f":material/{icon}:")


def app_address() -> str:
    """Of the app, without a page, as the visitor's browser knows it: https://example.org/app."""
    here = urlsplit(str(st.context.url or ""))
    path = here.path.rstrip("/")
    folder = path.rpartition("/")[0] if (PAGES / f"{path.rpartition('/')[2]}.py").exists() else path
    return f"{here.scheme}://{here.netloc}{folder}" if here.netloc else ""


def playground_address(**query: str | None) -> str:
    """Of the playground page, with these parts of a query but those that are None."""
    return f"{app_address()}/playground?{'&'.join(f'{name}={value}' for name, value in query.items() if value)}"
