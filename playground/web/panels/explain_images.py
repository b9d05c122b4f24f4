"""Explaining an image: a test image, picked from sheets of thumbnails, or the digit that was drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import streamlit as st
from torch import Tensor

from playground.catalog.datasets.examples import Array
from playground.drawing import DrawingError
from playground.explain.render import overlay, photograph, picture, signed_scale
from playground.web import session
from playground.web.components.thumbnails import Thumbnail, thumbnails
from playground.web.links import page_link
from playground.web.markup import image, legend_of_signed
from playground.web.networks import Network
from playground.web.panels.explain_picked import Picked
from playground.web.panels.explain_tests import sheet
from playground.web.reading import read_drawing, why_not_drawable

TEST, DRAWN = "Test images", "Your drawing"
PER_PAGE = 48
_KEY = "explain-sheet"


@dataclass(frozen=True, eq=False)
class PickedImage(Picked):
    """x: (1, C, H, W). pixels: the same in [0, 1]."""

    overlays: ClassVar[bool] = True
    readings: ClassVar[Mapping[str, str]] = {
        "saliency": "Blue: a little more ink here would strengthen {target}. Orange: it would weaken it.",
        "integrated_gradients": "Blue pixels are evidence for {target}, orange ones against it. They add up to the change from the "
        "baseline.",
        "grad_cam": "Blue: here the layer's maps are evidence for {target}. The resolution is that of the maps.",
        "occlusion": "Blue: this area is evidence for {target}, since covering it lowers that output. Orange: covering it raises it.",
    }

    pixels: Tensor

    def shown(self) -> str:
        return image(photograph(self.pixels[0]), self.title)

    def explained(self, values: Tensor, description: str, overlaid: bool) -> str:
        scale = signed_scale(values)
        shown = overlay(values, scale, self.pixels) if overlaid else picture(values, scale)
        return f'<div class="pg-place">{image(shown, description)}</div>{legend_of_signed(values)}'


def pick(network: Network) -> Picked | None:
    """The pickers, and what is picked; None, with a message, if there is nothing yet. Raises: DataError."""
    if why_not_drawable(network.run.spec) is not None:
        return _tested(network)
    kept = session.choice("explain-source", TEST)
    source = st.segmented_control("What to explain", [TEST, DRAWN], default=kept, key="explain-source", width="stretch")
    session.choose("explain-source", source or TEST)
    return _drawn(network) if source == DRAWN else _tested(network)


def choose_drawing() -> None:
    """Selects the drawing to be explained."""
    session.choose("explain-source", DRAWN)


def _drawn(network: Network) -> Picked | None:
    drawing = session.drawing()
    try:
        pixels = None if drawing is None else read_drawing(network.run.spec, drawing)
    except DrawingError:
        pixels = None
    if pixels is None:
        st.info("Nothing drawn yet. Draw a digit, then come back to see which of its pixels matter.", icon=":material/draw:")
        page_link("draw", "Draw a digit", "draw")
        return None
    st.caption("Your drawing from the Draw page.")
    return PickedImage(network.run.encode(pixels), "Your drawing", None, pixels)


def _tested(network: Network) -> Picked | None:
    found = sheet(network, PER_PAGE)
    if found is None:
        return None
    (tests, page, number), classes, test = found, network.run.classes, network.data.test
    shown = [
        Thumbnail(
            number=int(index),
            pixels=_thumbnail(test.inputs[index]),
            mark=classes[tests.answers[index]],
            wrong=bool(test.targets[index] != tests.answers[index]),
            title=_titled(int(index), classes[test.targets[index]], classes[tests.answers[index]]),
        )
        for index in page
    ]
    thumbnails(shown, number, key=_KEY, label="Test images", on_picked_change=_clicked)
    st.caption("Below each image: the predicted class, red if it is wrong.")
    raw = np.asarray(test.inputs[number : number + 1])
    return PickedImage(network.run.encode(raw), f"Test image {number}", test.targets[number], network.run.spec.data.numbers(raw))


def _thumbnail(raw: Array) -> Array:
    """uint8 (C, H, W) → (H, W), or (H, W, 3) in color."""
    return np.ascontiguousarray(raw.transpose(1, 2, 0)) if len(raw) == 3 else raw[0]


def _titled(number: int, truth: str, predicted: str) -> str:
    return f"Test image {number}: {truth}, " + ("classified correctly" if truth == predicted else f"classified as {predicted}")


def _clicked() -> None:
    picked = session.component_value(_KEY, "picked")
    if isinstance(picked, int) and picked >= 0:
        session.choose("explain-number", picked)
