"""What the visitor chose on the pages, apart from the spec: choices, the drawing, and the random changes of the augmentation preview."""

from math import isqrt
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.web.session.values import values


def choice(name: str, default: Any) -> Any:
    """The choice stored under this name. Unlike a widget's value, it is kept while another page is open."""
    return values().get("choices", {}).get(name, default)


def choose(name: str, value: Any) -> None:
    """Stores a choice under this name."""
    values()["choices"] = {**values().get("choices", {}), name: value}


def pick(name: str, value: Any) -> None:
    """Stores a choice, and makes the widget with this key show it. Only in callbacks, which run before the page, and not for a widget in a
    popover: the browser makes it when the popover is opened, and does not learn then what its value was set to."""
    choose(name, value)
    st.session_state[name] = value


def begin_with(name: str, value: Any) -> None:
    """Makes the widget with this key begin with a value, although its own default is to be empty. Before the widget, and not for one in a
    popover, as in `pick`."""
    st.session_state.setdefault(name, value)


def drawing() -> NDArray[np.uint8] | None:
    """The latest drawing, as it came from the canvas: a square (side, side), 255 = ink; None for a clear canvas."""
    content = values().get("drawing")
    if content is None:
        return None
    ink = np.frombuffer(content, np.uint8)
    return ink.reshape(isqrt(ink.size), -1)


def set_drawing(ink: NDArray[np.uint8] | None) -> None:
    """ink: a square (side, side), 255 = ink; None for a clear canvas."""
    values()["drawing"] = None if ink is None else np.ascontiguousarray(ink, np.uint8).tobytes()


def preview_seed() -> int:
    """Seed of the random changes in the augmentation preview."""
    return int(values().get("preview_seed", 0))


def next_preview() -> None:
    """Shows other random changes in the augmentation preview."""
    values()["preview_seed"] = preview_seed() + 1
