"""What arrived from the browser: values of widgets and of components, and which messages were seen before."""

from typing import Any

import streamlit as st

from playground.web.session.values import values

_NONCES_KEPT = 200
"""More than a browser can have in flight, even if a key repeats while the server is busy: unconfirmed edits are sent again."""


def widget(key: str) -> Any:
    """The value of the widget with this key; None if there is none."""
    return st.session_state.get(key)


def key_of_widget(name: str, shows: Any) -> str:
    """The key of a widget for a value that others can change, too. While that is the value of the widget, its key stays, and so does the
    keyboard focus. Otherwise the key is new: a menu that is opened later would not learn of a value that is set in Streamlit's state.

    shows: the value as it is now; if it is a tuple, its order does not matter."""
    number = values().get("widgets", {}).get(name, 0)
    value = widget(f"{name}.{number}")
    if (set(value) if isinstance(value, list) else value) != (set(shows) if isinstance(shows, tuple) else shows):
        number += 1
        values()["widgets"] = {**values().get("widgets", {}), name: number}
    return f"{name}.{number}"


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
