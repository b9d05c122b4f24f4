"""What all ways to bring own data have in common: which of them is open, what was found, and the way to the training."""

import html
from collections.abc import Sequence
from typing import Any, Literal, get_args

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import Note, Prepared, keep
from playground.web import session
from playground.web.data_facts import balance_list, target_bars
from playground.web.dataset_pictures import caption, pictured
from playground.web.markup import quoted
from playground.web.panels import own_list
from playground.web.panels.train_on import train_on

View = Literal["browse", "own"]
Way = Literal["table", "images", "points", "digits"]

VIEW, WAY = "data.view", "data.way"
_VIEWS: dict[View, str] = {"browse": "Browse", "own": "Bring your own"}
_WAYS: dict[Way, str] = {"table": "Table (CSV)", "images": "Images", "points": "Points", "digits": "Digits"}
_MANY, _COLUMN = 5, 120
"""Of fewer classes than so many each column of images is no wider than this, in pixels."""


def view() -> View:
    """What is looked at: what there is, or the ways to bring one's own."""
    found: View = _picked("What to look at", VIEW, _VIEWS)
    return found


def way() -> Way:
    """How data is brought."""
    with st.container(key="pg-own-ways"):
        found: Way = _picked("What you bring", WAY, _WAYS)
    return found


def open_own() -> None:
    """Lets the page begin with the ways to bring one's own."""
    session.choose(VIEW, get_args(View)[1])


def remembered(name: str, default: Any, options: Sequence[Any] | None = None) -> Any:
    """What was chosen under this name, however long ago; `default` where nothing was, or something that is no longer offered."""
    found = session.choice(name, default)
    return default if options is not None and found not in options else found


def remembering(name: str) -> dict[str, Any]:
    """What makes a widget keep its value under this name, so that it outlives a look at another page."""
    return {"key": name, "on_change": _remember, "args": (name,)}


def preview(prepared: Prepared, key: str, *, picture: bool = True) -> None:
    """What came out: every treatment, the examples, how many of each class; and below, to train on it. key: of the button. picture: False
    where the examples are to be seen already."""
    notes(prepared.notes)
    if picture:
        pictures, counts = st.columns([3, 2], gap="medium")
        few = prepared.dataset.family == "images" and 0 < len(prepared.dataset.classes) < _MANY
        with pictures, st.container(width=_COLUMN * len(prepared.dataset.classes) if few else "stretch"):
            st.html(pictured(prepared.dataset, prepared.data))
            st.caption(caption(prepared.dataset))
    else:
        counts = st.container(width=420)
    with counts:
        data = prepared.data
        st.markdown(f"**{len(data.train):,}** to learn from · **{len(data.test):,}** for the test")
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
    """Everything that was found and done, what may not be meant in the colour of warnings."""
    lines = "".join(f"<li{' class=pg-warned' if note.warning else ''}>{html.escape(note.text)}</li>" for note in found)
    if lines:
        st.html(f'<ul class="pg-found">{lines}</ul>')


def refused(error: DataError) -> None:
    """Why the data cannot be used; what is on the screen elsewhere stays as it was."""
    st.error(f"{quoted(_sentence(str(error)))} Your experiment is as it was.", icon=":material/error:")


def _sentence(text: str) -> str:
    """Begins with a capital, unless with the name of a file."""
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
