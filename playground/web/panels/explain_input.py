"""What is explained: a test image, picked from sheets of thumbnails, or the digit that was drawn."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from playground.catalog.datasets.examples import Array, DataError
from playground.drawing import DrawingError
from playground.web import session
from playground.web.components.thumbnails import Thumbnail, thumbnails
from playground.web.explanations import test_probabilities
from playground.web.generations import load
from playground.web.links import page_link
from playground.web.networks import Network
from playground.web.reading import read_drawing, why_not_drawable

TEST, DRAWN = "Test images", "Your drawing"
ALL = "All classes"
PER_PAGE = 48
_KEY = "explain-sheet"


@dataclass(frozen=True, eq=False)
class Picked:
    """What is explained. x: (1, C, H, W), the network's input. pixels: the same in [0, 1]. title: what it is. truth: its class, None if
    unknown."""

    x: Tensor
    pixels: Tensor
    title: str
    truth: int | None = None


def pick(network: Network) -> Picked | None:
    """The pickers, and what is picked; None, with a message, if there is nothing yet."""
    if why_not_drawable(network.run.spec) is not None:
        return _tested(network)
    kept = session.choice("explain-source", TEST)
    source = st.segmented_control("What to explain", [TEST, DRAWN], default=kept, key="explain-source", width="stretch")
    session.choose("explain-source", source or TEST)
    return _drawn(network) if source == DRAWN else _tested(network)


def choose_drawing() -> None:
    """Selects the drawing to be explained."""
    session.choose("explain-source", DRAWN)


def order(truth: Array, answers: Array, confidences: Array, wrong_first: bool, only: int | None) -> Array:
    """Indices of the test images in the order of the sheet: those of class `only`; mistakes first, the most confident ones leading, then
    correct ones, the least confident ones leading. All (N,)."""
    numbers = np.arange(len(truth))
    if wrong_first:
        wrong = truth != answers
        numbers = np.lexsort((np.where(wrong, -confidences, confidences), ~wrong))
    shown: Array = numbers if only is None else numbers[truth[numbers] == only]
    return shown


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
    return Picked(network.run.encode(pixels), pixels, "Your drawing")


def _tested(network: Network) -> Picked | None:
    try:
        load(network.run.spec.data)
        test, truth, probabilities = network.data.test, np.asarray(network.data.test.targets), test_probabilities(network)
    except DataError as error:
        st.error(f"The test images cannot be shown. {error}")
        return None
    classes, answers = network.run.classes, probabilities.argmax(axis=1)
    wrong_first, only = _filters(classes, int((truth != answers).sum()), len(truth))
    numbers = order(truth, answers, probabilities.max(axis=1), wrong_first, only)
    if not len(numbers):
        st.info("There are no test images of this class.")
        return None
    number = _number(numbers, len(truth))
    page = _paging(numbers, f"{network.address} {wrong_first} {only}", number)
    shown = [
        Thumbnail(
            number=int(index),
            pixels=_thumbnail(test.inputs[index]),
            mark=classes[answers[index]],
            wrong=bool(truth[index] != answers[index]),
            title=_titled(int(index), classes[truth[index]], classes[answers[index]]),
        )
        for index in page
    ]
    thumbnails(shown, number, key=_KEY, label="Test images", on_picked_change=_clicked)
    st.caption("Below each image: the predicted class, red if it is wrong.")
    raw = np.asarray(test.inputs[number : number + 1])
    return Picked(network.run.encode(raw), network.run.spec.data.numbers(raw), f"Test image {number}", int(truth[number]))


def _thumbnail(raw: Array) -> Array:
    """uint8 (C, H, W) → (H, W), or (H, W, 3) in color."""
    return np.ascontiguousarray(raw.transpose(1, 2, 0)) if len(raw) == 3 else raw[0]


def _titled(number: int, truth: str, predicted: str) -> str:
    return f"Test image {number}: {truth}, " + ("classified correctly" if truth == predicted else f"classified as {predicted}")


def _filters(classes: tuple[str, ...], wrong: int, count: int) -> tuple[bool, int | None]:
    """Whether mistakes come first, and the class to show."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = [ALL, *classes]
        kept = session.choice("explain-class", ALL)
        only = st.selectbox("True class", options, options.index(kept) if kept in options else 0, key="explain-class", width=150)
        session.choose("explain-class", only)
        wrong_first = st.toggle(
            f"Mistakes first ({wrong} of {count:,})",
            session.choice("explain-wrong", True),
            key="explain-wrong",
            help="The most confident mistakes come first, followed by the least confident correct predictions.",
        )
        session.choose("explain-wrong", wrong_first)
    return wrong_first, None if only == ALL else classes.index(only)


def _number(numbers: Array, count: int) -> int:
    """The picked image; the first one shown if none is picked or it is not among them."""
    picked = session.choice("explain-number", None)
    return int(picked) if picked is not None and picked < count and picked in numbers else int(numbers[0])


def _paging(numbers: Array, sheet: str, number: int) -> Array:
    """The indices on the current page, with buttons to turn it. Another sheet opens at the page of the picked image."""
    pages = -(-len(numbers) // PER_PAGE)
    kept_sheet, page = session.choice("explain-page", (None, 0))
    if kept_sheet != sheet:
        page = int(np.flatnonzero(numbers == number)[0]) // PER_PAGE
    page = min(page, pages - 1)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if st.button("", icon=":material/chevron_left:", key="explain-back", help="Previous page", disabled=page == 0, type="tertiary"):
            session.choose("explain-page", (sheet, page - 1))
            st.rerun()
        last = min(len(numbers), (page + 1) * PER_PAGE)
        st.caption(f"{page * PER_PAGE + 1}–{last} of {len(numbers):,}", width="content")
        if st.button("", icon=":material/chevron_right:", key="explain-on", help="Next page", disabled=page == pages - 1, type="tertiary"):
            session.choose("explain-page", (sheet, page + 1))
            st.rerun()
    session.choose("explain-page", (sheet, page))
    shown: Array = numbers[page * PER_PAGE : (page + 1) * PER_PAGE]
    return shown


def _clicked() -> None:
    picked = session.component_value(_KEY, "picked")
    if isinstance(picked, int) and picked >= 0:
        session.choose("explain-number", picked)
