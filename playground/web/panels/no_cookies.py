"""A note on pages whose browser keeps no cookie."""

import streamlit as st

from playground.web.security.owner import accepts_cookies


def no_cookies() -> None:
    """Says that what is made in this visit cannot be found again, if so."""
    if not accepts_cookies():
        with st.container(key="pg-no-cookies"):
            st.caption(
                ":material/cookie_off: Your browser does not accept cookies for this page. Everything works, but once you leave, you can "
                "return to your runs and data only through links that you have saved."
            )
