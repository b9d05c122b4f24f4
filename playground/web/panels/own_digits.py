"""Draw your own digits: collect them with their labels, and use them alone or together with MNIST."""

from functools import lru_cache
from typing import Literal

import numpy as np
import streamlit as st

from playground.catalog.datasets import DataError
from playground.drawing import DrawingError, prepare_drawing
from playground.own import MAX_DIGITS, Prepared, prepare_digits
from playground.web import session
from playground.web.components.digit_paper import added_of, digit_paper
from playground.web.components.thumbnails import Thumbnail, thumbnails
from playground.web.panels.own import preview, refused, remembered, remembering
from playground.web.reading import as_pixels

KEY, SHEET = "own-digits", "own-digits-sheet"
_COLLECTED, _BEFORE, _PICKED, _REFUSED = "own.digits", "own.digits.before", "own.digits.picked", "own.digits.refused"
_LONGEST = 20
_SHOWN = 200
_BESIDE: dict[Literal["none", "mnist_sample"], str] = {"none": "My digits only", "mnist_sample": "My digits and MNIST"}

Collected = tuple[tuple[bytes, int], ...]
"""For each digit its 28×28 pixels, and its label."""


def digits() -> None:
    """The canvas, the collected digits, and the resulting dataset."""
    st.caption("Draw a digit, choose its label, and add it. Your collection is kept while you visit other pages.")
    left, right = st.columns([2, 5], gap="large")
    with left:
        digit_paper(0, session.nonces(), key=KEY, on_added_change=_take)
        if (why := session.choice(_REFUSED, "")) != "":
            st.error(why, icon=":material/error:")
    with right:
        collected: Collected = session.choice(_COLLECTED, ())
        if not collected:
            st.info("No digits yet. Ten of each are a good start; two different digits are enough to try it out.", icon=":material/draw:")
        _sheet(collected)
        if collected:
            _result(collected)


def _take() -> None:
    """Adds the drawings that the browser sent, each once, prepared like those of MNIST."""
    session.choose(_REFUSED, "")
    for added in added_of(session.component_value(KEY, "added")):
        if not session.first_time(added.nonce):
            continue
        collected: Collected = session.choice(_COLLECTED, ())
        if len(collected) >= MAX_DIGITS:
            session.choose(_REFUSED, f"You have collected {MAX_DIGITS:,} digits, the limit: remove one first.")
            continue
        try:
            pixels = as_pixels(prepare_drawing(added.ink))[0]
        except DrawingError as error:
            session.choose(_REFUSED, f"Not added: {error}")
            continue
        _change((*collected, (pixels.tobytes(), added.label)))


def _change(collected: Collected) -> None:
    before: tuple[Collected, ...] = session.choice(_BEFORE, ())
    session.choose(_BEFORE, (*before, session.choice(_COLLECTED, ()))[-_LONGEST:])
    session.choose(_COLLECTED, collected)
    session.choose(_PICKED, None)


def _undo() -> None:
    before: tuple[Collected, ...] = session.choice(_BEFORE, ())
    if before:
        session.choose(_COLLECTED, before[-1])
        session.choose(_BEFORE, before[:-1])
        session.choose(_PICKED, None)


def _sheet(collected: Collected) -> None:
    """The collected digits, the newest first; the selected one can be removed."""
    picked = session.choice(_PICKED, None)
    with st.container(horizontal=True, vertical_alignment="center", key="pg-digits-bar"):
        st.markdown(f"**{len(collected):,}** collected", width="content")
        st.button("Undo", key="own_digits_undo", icon=":material/undo:", disabled=not session.choice(_BEFORE, ()), on_click=_undo)
        st.button("Remove selected", key="own_digits_remove", icon=":material/delete:", disabled=picked is None, on_click=_remove)
    if not collected:
        return
    indices = range(len(collected) - 1, max(-1, len(collected) - 1 - _SHOWN), -1)
    pictures = [
        Thumbnail(index, np.frombuffer(pixels, np.uint8).reshape(28, 28), str(label), False, f"Example {index + 1}, labeled {label}")
        for index, (pixels, label) in ((index, collected[index]) for index in indices)
    ]
    thumbnails(pictures, picked, key=SHEET, label="Collected digits, newest first", on_picked_change=_pick)
    if len(collected) > _SHOWN:
        st.caption(f"Only the last {_SHOWN} are shown.")


def _pick() -> None:
    sent = session.component_value(SHEET, "picked")
    session.choose(_PICKED, int(sent) if isinstance(sent, int | float) else None)


def _remove() -> None:
    picked, collected = session.choice(_PICKED, None), session.choice(_COLLECTED, ())
    if picked in range(len(collected)):
        _change((*collected[:picked], *collected[picked + 1 :]))


def _result(collected: Collected) -> None:
    ways = list(_BESIDE)
    beside = st.segmented_control(
        "Train on", ways, format_func=_BESIDE.__getitem__, default=remembered("own.digits.beside", ways[0], ways), required=True,
        **remembering("own.digits.beside"),
    )  # fmt: skip
    share = 20
    if beside == "none":
        share = st.slider("Test share (%)", 5, 90, remembered("own.digits.share", 20), **remembering("own.digits.share"))
    try:
        prepared = _prepared(collected, beside or "none", share / 100)
    except DataError as error:
        refused(error)
    else:
        preview(prepared, "train_digits", show_examples=beside != "none")


@lru_cache(maxsize=8)
def _prepared(collected: Collected, beside: Literal["none", "mnist_sample"], share: float) -> Prepared:
    drawings = np.stack([np.frombuffer(pixels, np.uint8).reshape(28, 28) for pixels, _ in collected])
    return prepare_digits(drawings, [label for _, label in collected], beside, test_share=share)
