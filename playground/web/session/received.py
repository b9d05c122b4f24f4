"""What arrived from the browser: values of widgets and of components, and which messages were seen before."""

from typing import Any

import streamlit as st

from playground.web.session.values import values

_NONCES_KEPT = 200
"""More than a browser can have in flight, even if a key repeats while the server is busy: unconfirmed edits are sent again."""


def widget(key: str) -> Any:
    """The value of the widget with this key; None if there is none."""
    return st.session_state.get(key)


def component_value(key: str, name: str) -> Any:
    """The value that the component with this key sent under this name; None if none."""
    return (st.session_state.get(key) or {}).get(name)


def first_time(nonce: str) -> bool:
    """Whether this message from the browser is new: after a lost connection, one may arrive twice."""
    seen = nonces()
    values()["nonces"] = [*seen, nonce][-_NONCES_KEPT:]
    return nonce not in seen


def nonces() -> list[str]:
    """Nonces of the latest edits received from the browser."""
    return list(values().get("nonces", []))
