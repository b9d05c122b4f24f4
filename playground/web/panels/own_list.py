"""The list of the user's own datasets in this visit."""

import html
from contextlib import suppress
from typing import Any, cast

import streamlit as st

from playground.artifacts.fetching import megabytes
from playground.artifacts.uploads import is_stored, upload_bytes
from playground.catalog.datasets import DATASETS
from playground.own import OwnDataset, Prepared
from playground.web import session
from playground.web.data_facts import balance_list
from playground.web.markup import quoted
from playground.web.panels.train_on import train_on
from playground.web.server import runs

_LIST, _REMOVED = "own.list", "own.list.removed"
_LONGEST = 20
_KINDS = {
    "own_table": "Table", "own_text": "Texts", "own_corpus": "Text to continue", "own_series": "Time series", "own_images": "Images",
    "own_points": "Points", "own_digits": "Digits",
}  # fmt: skip

Entry = dict[str, Any]
"""data: the dataset as JSON. examples, bytes: how many. counts: examples of each class."""


def remember(prepared: Prepared) -> None:
    """Adds stored data at the top of the list, and to what its owner may read; the same content is listed once."""
    runs().access.claim(prepared.dataset.key, session.owner(), upload_bytes(prepared.dataset.key))
    upload = prepared.upload
    entry = {
        "data": prepared.dataset.model_dump(mode="json"),
        "examples": len(upload.inputs),
        "bytes": upload.inputs.nbytes + upload.targets.nbytes,
        "counts": prepared.counts,
    }
    session.choose(_LIST, [entry, *_without(prepared.dataset.key)][:_LONGEST])
    session.choose(_REMOVED, None)


def forget() -> None:
    """Empties the list."""
    session.choose(_LIST, [])
    session.choose(_REMOVED, None)


def uploads() -> None:
    """The list, if there is anything to show."""
    entries: list[Entry] = session.choice(_LIST, [])
    removed: tuple[int, Entry] | None = session.choice(_REMOVED, None)
    if not entries and removed is None:
        return
    st.subheader("Your datasets", anchor=False)
    st.caption(
        "From this visit. Removing a dataset from the list does not delete it: your other experiments may use it. When the server needs "
        "space, it deletes data that has not been used for a long time."
    )
    for entry in entries:
        _entry(entry)
    if removed is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="pg-brought-removed"):
            st.markdown(f"Removed **{quoted(_dataset(removed[1]).called)}** from the list.", width="content")
            st.button("Undo", key="brought_back", icon=":material/undo:", on_click=_put_back)
            st.button(
                "Delete from this server", key="brought_delete", icon=":material/delete_forever:", on_click=_delete,
                help="Links and settings that use this data will open without it. Others who uploaded the same data keep it.",
            )  # fmt: skip


def _entry(entry: Entry) -> None:
    dataset = _dataset(entry)
    name = dataset.key[:12]
    with st.container(border=True, key=f"pg-brought-{name}", gap="small"):
        about, acts = st.columns([3, 2], vertical_alignment="center")
        with about:
            st.markdown(f"**{quoted(dataset.called)}**")
            st.html(_figures(entry, dataset))
        with acts, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Train on this", key=f"train_brought_{name}", icon=":material/hub:"):
                train_on(dataset)
            st.button(
                "Remove from list", key=f"remove_brought_{name}", icon=":material/playlist_remove:", on_click=_remove,
                args=(dataset.key,),
            )  # fmt: skip
        if not is_stored(dataset.key):
            st.caption("No longer on this server. Upload the same file again, with the same settings, to use it as before.")


def _figures(entry: Entry, dataset: OwnDataset) -> str:
    shape = "×".join(map(str, dataset.shape))
    examples = {"own_corpus": "symbols, in windows", "own_series": "steps, in windows"}.get(dataset.kind, "examples")
    size = f"{entry['examples']:,} {examples} of shape {shape}, {megabytes(entry['bytes'])}"
    counts = entry["counts"]
    rows = [("Kind", _KINDS[dataset.kind]), ("Size", size), ("Classes", balance_list(counts) if counts else _without_classes(dataset))]
    terms = "".join(f"<dt>{name}</dt><dd>{value if name == 'Classes' else html.escape(value)}</dd>" for name, value in rows)
    return f'<dl class="pg-about-data">{terms}</dl>'


def _without_classes(dataset: OwnDataset) -> str:
    return "none: every symbol is to be predicted" if dataset.task.per_step else "none: the target is a value"


def _dataset(entry: Entry) -> OwnDataset:
    return cast("OwnDataset", DATASETS[entry["data"]["kind"]].model_validate(entry["data"]))


def _without(key: str) -> list[Entry]:
    return [entry for entry in session.choice(_LIST, []) if entry["data"]["key"] != key]


def _remove(key: str) -> None:
    """Only from the list: runs and links of others may use the content."""
    for index, entry in enumerate(session.choice(_LIST, [])):
        if entry["data"]["key"] == key:
            session.choose(_REMOVED, (index, entry))
    session.choose(_LIST, _without(key))


def _delete() -> None:
    """Gives up the data that was removed from the list last. It is deleted when nobody else owns it and no run needs it."""
    removed: tuple[int, Entry] | None = session.choice(_REMOVED, None)
    if removed is not None:
        runs().access.release(_dataset(removed[1]).key, session.owner())
        with suppress(OSError):  # tried again later
            runs().delete_given_up()
        session.choose(_REMOVED, None)


def _put_back() -> None:
    removed: tuple[int, Entry] | None = session.choice(_REMOVED, None)
    if removed is not None:
        index, entry = removed
        kept = _without(entry["data"]["key"])
        session.choose(_LIST, [*kept[:index], entry, *kept[index:]])
        session.choose(_REMOVED, None)
