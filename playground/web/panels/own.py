"""Common parts of the panels for the user's own data: navigation, notes, preview, and the button to train."""

import html
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import streamlit as st

from playground.artifacts.uploads import at_hand
from playground.catalog.datasets import DataError, OwnSeries
from playground.own import Note, Prepared, keep
from playground.runs.database import StoreError
from playground.web import session
from playground.web.data_facts import balance_list, target_bars
from playground.web.dataset_previews import caption, column_width, preview_of
from playground.web.markup import quoted
from playground.web.panels import own_list
from playground.web.panels.train_on import train_on
from playground.web.series_picture import CAPTION as SERIES_CAPTION
from playground.web.series_picture import series_picture
from playground.web.storage_limit import StorageLimitError, check_storage
from playground.web.text_excerpts import CAPTION as EXCERPTS_CAPTION
from playground.web.text_excerpts import excerpts

View = Literal["browse", "own"]
Way = Literal["table", "text", "series", "images", "points", "digits"]

VIEW, WAY = "data.view", "data.way"
_VIEWS: dict[View, str] = {"browse": "Browse", "own": "Your data"}
_WAYS: dict[Way, str] = {
    "table": "Table (CSV)",
    "text": "Text",
    "series": "Time series",
    "images": "Images",
    "points": "Points",
    "digits": "Digits",
}
_MANY = 5
"""With fewer than this many classes, columns of images have their own width instead of that of the page."""


def view() -> View:
    """Whether to browse the datasets, or to use your own data."""
    picked: View = _picked("View", VIEW, _VIEWS)
    return picked


def way() -> Way:
    """The kind of your own data."""
    with st.container(key="pg-own-ways"):
        picked: Way = _picked("Kind of data", WAY, _WAYS)
    return picked


def open_own() -> None:
    """Makes the page open with the user's own data."""
    session.choose(VIEW, get_args(View)[1])


def show_own() -> None:
    """Shows the user's own data on this page. A callback."""
    session.pick(VIEW, get_args(View)[1])


def remembered(name: str, default: Any, options: Sequence[Any] | None = None) -> Any:
    """The last choice under this name; `default` if there is none, or if it is no longer among the options."""
    choice = session.choice(name, default)
    return default if options is not None and choice not in options else choice


def remembering(name: str) -> dict[str, Any]:
    """Widget arguments that store its value under this name, so that it survives visits to other pages."""
    return {"key": name, "on_change": _remember, "args": (name,)}


def preview(prepared: Prepared, key: str, *, show_examples: bool = True, beside_notes: Callable[[], None] | None = None) -> None:
    """The prepared data: notes, examples, number of examples per class, and a button to train on them. key: of the button. show_examples:
    False if the examples are already on the screen. beside_notes: draws what can be done about the notes, below them."""
    notes(prepared.notes)
    if beside_notes is not None:
        beside_notes()
    with at_hand(prepared.upload):
        if show_examples:
            pictures, counts = st.columns([3, 2], gap="medium")
            with pictures:
                _examples(prepared)
        else:
            counts = st.container(width=420)
        with counts:
            data = prepared.data
            st.markdown(f"**{len(data.train):,}** for training · **{len(data.test):,}** for testing")
            st.html(_balance(prepared))
    if st.button("Train on this", key=key, type="primary", icon=":material/hub:"):
        try:
            check_storage(session.owner(), prepared.upload)
            dataset = keep(prepared)
        except (DataError, StorageLimitError, StoreError) as error:
            st.error(quoted(str(error)), icon=":material/error:")
        else:
            own_list.remember(prepared)
            train_on(dataset)


def _examples(prepared: Prepared) -> None:
    """Texts as they were written, a series with its split; otherwise what the network sees of some examples."""
    if prepared.excerpts:
        st.html(excerpts(prepared))
        st.caption(EXCERPTS_CAPTION)
        return
    if isinstance(prepared.dataset, OwnSeries):
        st.html(series_picture(prepared))
        st.caption(SERIES_CAPTION)
        return
    classes, wide = len(prepared.dataset.classes), column_width(prepared.dataset)
    with st.container(width=wide * classes if wide is not None and classes < _MANY else "stretch"):
        st.html(preview_of(prepared.dataset, prepared.data))
        st.caption(caption(prepared.dataset))


def _balance(prepared: Prepared) -> str:
    """Examples of each class, a histogram of the targets, or the most frequent symbols."""
    if prepared.counts:
        return balance_list(prepared.counts)
    train = prepared.data.train
    if not prepared.dataset.task.per_step:
        return target_bars(train.targets)
    symbols = prepared.dataset.encoding.symbols
    counts = np.bincount(train.inputs.reshape(-1), minlength=len(symbols))
    return balance_list({symbols[symbol]: int(counts[symbol]) for symbol in np.argsort(-counts, kind="stable") if counts[symbol]})


def notes(found: Sequence[Note]) -> None:
    """All notes as a list, warnings highlighted."""
    lines = "".join(f"<li{' class=pg-warned' if note.warning else ''}>{html.escape(note.text)}</li>" for note in found)
    if lines:
        st.html(f'<ul class="pg-found">{lines}</ul>')


def refused(error: DataError) -> None:
    """Why the data cannot be used; the experiment is left unchanged."""
    st.error(f"{quoted(_sentence(str(error)))} Your experiment has not changed.", icon=":material/error:")


def _sentence(text: str) -> str:
    """With a capital letter and a period; an initial file name keeps its case."""
    first = text[:1].upper() if text.partition(" ")[0].isalpha() else text[:1]
    return f"{first}{text[1:]}{'' if text.endswith(('.', '…')) else '.'}"


def _picked(label: str, name: str, titles: dict[Any, str]) -> Any:
    options = list(titles)
    chosen = st.segmented_control(
        label, options, format_func=titles.__getitem__, default=remembered(name, options[0], options), required=True,
        label_visibility="collapsed", **remembering(name),
    )  # fmt: skip
    return chosen or options[0]


def _remember(name: str) -> None:
    session.choose(name, session.widget(name))
