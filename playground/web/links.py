"""Links between pages, and addresses of the app."""

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"


def page_link(page: str, label: str, icon: str) -> None:
    """A link to a page by its file name. icon: the name of a Material symbol."""
    st.page_link(PAGES / f"{page}.py", label=label, icon=f":material/{icon}:")


def app_address() -> str:
    """The address of the app without a page, as the visitor's browser sees it: https://example.org/app."""
    return without_page(str(st.context.url or ""), st.get_option("server.baseUrlPath"))


def without_page(address: str, base: str) -> str:
    """An address of the app without its page, "" for none. base: the path under which the server knows that it is, which may be named like
    a page; a proxy may have removed another one."""
    here = urlsplit(address)
    path = here.path.rstrip("/")
    folder, _, page = path.rpartition("/")
    if path == f"/{base.strip('/')}" or not (PAGES / f"{page}.py").exists():
        folder = path
    return f"{here.scheme}://{here.netloc}{folder}" if here.netloc else ""


def playground_address(**query: str | None) -> str:
    """The address of the Playground page with these query parameters, without those that are None."""
    return f"{app_address()}/playground?{'&'.join(f'{name}={value}' for name, value in query.items() if value)}"
