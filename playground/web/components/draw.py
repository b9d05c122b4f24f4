"""The paper to draw on, and what a network says of the drawing while it is drawn."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.web.components.loader import component

INK_SIDE = 112
"""Of the picture that comes from the browser, in pixels; `INK_SIDE` of assets/js/ink.js."""


def draw(address: str, classes: Sequence[str], *, key: str, kept: int, on_drawing_change: Callable[[], None]) -> None:
    """The paper, asking the network at this address. classes: the names of its classes, for the bars before the first answer. kept: the
    number of the drawing that is here, for which the browser lets a click wait that leads away.

    Roots: `.pg-draw` and beside it `.pg-prediction` (data-label, data-confidence, data-latency-ms). Soon after each stroke the state
    `drawing` has the ink and its number, which `ink_of` and `number_of` read."""
    data = {"address": address, "classes": list(classes), "kept": kept}
    component("draw")(key=key, data=data, on_drawing_change=on_drawing_change)


def number_of(drawing: object) -> int:
    """Of what the component says under `drawing`; 0 for what is no drawing."""
    number = drawing.get("number") if isinstance(drawing, Mapping) else None
    return number if type(number) is int and 0 <= number < 2**53 else 0


def ink_of(drawing: object) -> Array | None:
    """What the component says under `drawing` → uint8 (INK_SIDE, INK_SIDE), 255 = ink; None for a clear paper, or what is no drawing."""
    text = drawing.get("ink") if isinstance(drawing, Mapping) else None
    if not isinstance(text, str) or not text or len(text) > 2 * INK_SIDE**2:
        return None
    try:
        ink = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    return ink.reshape(INK_SIDE, INK_SIDE) if ink.size == INK_SIDE**2 else None
