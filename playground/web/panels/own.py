"""Common parts of the panels for the user's own data: navigation, notes, preview, and the button to train."""

import html
from collections.abc import Sequence
from typing import Any, Literal, get_args

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import Note, Prepared, keep
from playground.web import session
from playground.web.data_facts import balance_list, target_bars
from playground.web.dataset_previews import caption, column_width, preview_of
from playground.web.markup import quoted
from playground.web.panels import own_list
from playground.web.panels.train_on import train_on

View = Literal["browse", "own"]
Way = Literal["table", "images", "points", "digits"]

VIEW, WAY = "data.view", "data.way"
_VIEWS: dict[View, str] = {"browse": "Browse", "own": "Your data"}
_WAYS: dict[Way, str] = {"table": "Table (CSV)", "images": "Images", "points": "Points", "digits": "Digits"}
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


def remembered(name: str, default: Any, options: Sequence[Any] | None = None) -> Any:
    """The last choice under this name; `default` if there is none, or if it is no longer among the options."""
    choice = session.choice(name, default)
    return default if options is not None and choice not in options else choice


def remembering(name: str) -> dict[str, Any]:
    """Widget arguments that store its value under this name, so that it survives visits to other pages."""
    return {"key": name, "on_change": _remember, "args": (name,)}


def preview(prepared: Prepared, key: str, *, show_examples: bool = True) -> None:
    """The prepared data: notes, examples, number of examples per class, and a button to train on them. key: of the button. show_examples:
    False if the examples are already on the screen."""
    notes(prepared.notes)
    if show_examples:
        pictures, counts = st.columns([3, 2], gap="medium")
        classes, wide = len(prepared.dataset.classes), column_width(prepared.dataset)
        with pictures, st.container(width=wide * classes if wide is not None and classes < _MANY else "stretch"):
            st.html(preview_of(prepared.dataset, prepared.data))
            st.caption(caption(prepared.dataset))
    else:
        counts = st.container(width=420)
    with counts:
        data = prepared.data
        st.markdown(f"**{len(data.train):,}** for training · **{len(data.test):,}** for testing")
        st.html(balance_list(prepared.counts) if prepared.counts else target_bars(data.train.targets))
    if st.button("Train on this", key=key, type="primary", icon=":material/hub:"):
        try:
            dataset = keep(prepared)
        except DataError as error:
            st.error(quoted(str(error)), icon=":material/error:")
        else:
            own_list.remember(prepared)
            train_on(dataset)


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
