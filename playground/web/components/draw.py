"""A canvas to draw on, with live predictions for the drawing."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.web.components.loader import component

INK_SIDE = 112
"""Side in pixels of the image sent by the browser, as `INK_SIDE` in assets/js/ink.js."""


def draw(address: str, classes: Sequence[str], *, key: str, kept: int, on_drawing_change: Callable[[], None]) -> None:
    """The canvas, with predictions of the network at this address. classes: its class names, for the bars before the first prediction.
    kept: the number of the last received drawing; the browser delays a click on a link until the newest one has been received.

    Roots: `.pg-draw` and next to it `.pg-prediction` (data-label, data-confidence, data-latency-ms). Soon after each stroke, the state
    `drawing` contains the ink and its number, which `ink_of` and `number_of` read."""
    data = {"address": address, "classes": list(classes), "kept": kept}
    component("draw")(key=key, data=data, on_drawing_change=on_drawing_change)


def number_of(drawing: object) -> int:
    """The number in the component's state `drawing`; 0 if it is not valid."""
    number = drawing.get("number") if isinstance(drawing, Mapping) else None
    return number if type(number) is int and 0 <= number < 2**53 else 0


def ink_of(drawing: object) -> Array | None:
    """The component's state `drawing` → uint8 (INK_SIDE, INK_SIDE), 255 = ink; None for an empty canvas or an invalid state."""
    text = drawing.get("ink") if isinstance(drawing, Mapping) else None
    if not isinstance(text, str) or not text or len(text) > 2 * INK_SIDE**2:
        return None
    try:
        ink = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    return ink.reshape(INK_SIDE, INK_SIDE) if ink.size == INK_SIDE**2 else None
