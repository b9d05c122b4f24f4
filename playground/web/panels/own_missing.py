"""Shown instead of a plot if the user's own data is not on this server: which data is missing, and how to upload it again."""

import contextlib
from collections.abc import Callable
from functools import partial

import streamlit as st

from playground.catalog.datasets import (
    DATASETS,
    DataError,
    Dataset,
    Downloaded,
    OwnCorpus,
    OwnDigits,
    OwnImages,
    OwnPoints,
    OwnSeries,
    OwnTable,
    OwnText,
)
from playground.own import OwnDataError, OwnDataset, Prepared, keep
from playground.own.matching import Matchable, match_images, match_series, match_table, match_text
from playground.web import session
from playground.web.held_files import read_all, take
from playground.web.links import PAGES
from playground.web.markup import quoted
from playground.web.panels import own_list
from playground.web.panels.own import WAY, Way, open_own
from playground.web.panels.train_on import adapted_to, use
from playground.web.storage_limit import StorageLimitError, check_storage
from playground.web.upload_limit import upload_megabytes
from playground.web.upload_reading import visit_reads

_WAYS: dict[type[OwnDataset], Way] = {
    OwnTable: "table", OwnText: "text", OwnCorpus: "text", OwnSeries: "series", OwnImages: "images", OwnPoints: "points",
    OwnDigits: "digits",
}  # fmt: skip
_PLACE = "own.missing"


def missing(dataset: OwnDataset, error: DataError) -> None:
    """Says which data is missing; accepts a file only if it gives the same content. error: from loading the data."""
    with st.container(border=True, gap="small", key="pg-own-missing"):
        if not dataset.key:
            st.info(f"{dataset.title}: no data yet. Use yours, to which the network is adapted.", icon=":material/upload_file:")
        else:
            st.warning(quoted(f"{str(error)[:1].upper()}{str(error)[1:]}."), icon=":material/folder_off:")
            _again(dataset)
        if st.button("Open the Data page", key="own_missing_open", icon=":material/database:", width="stretch"):
            open_own()
            session.choose(WAY, _WAYS[type(dataset)])
            st.switch_page(PAGES / "data.py")
        packaged = _packaged_like(dataset)
        if not dataset.key and packaged is not None:
            st.button(
                f"Use {packaged.title} instead", key="own_missing_packaged", width="stretch", on_click=_take_packaged, args=(packaged,)
            )


def _packaged_like(dataset: OwnDataset) -> Dataset | None:
    """The first packaged dataset of the same kind of data, of the same task if there is one, with classes or values as that has; None if
    there is none."""
    packaged = [kind() for kind in DATASETS if not issubclass(kind, OwnDataset | Downloaded)]
    alike = [one for one in packaged if type(one.encoding) is type(dataset.encoding) and bool(one.classes) == bool(dataset.classes)]
    return next((one for one in alike if type(one.task) is type(dataset.task)), alike[0] if alike else None)


def _take_packaged(dataset: Dataset) -> None:
    use(adapted_to(session.spec(), dataset), f"dataset {dataset.title}")


def _again(dataset: OwnDataset) -> None:
    if isinstance(dataset, OwnPoints | OwnDigits):
        st.caption("This data was drawn by hand and exists only on the server where it was drawn.")
        return
    several = isinstance(dataset, OwnImages | OwnText | OwnCorpus)
    key = f"{_PLACE}.{dataset.key[:12]}"
    st.file_uploader(
        "Upload the same file again",
        key=key, accept_multiple_files=several, on_change=_take, args=(dataset, key),
        max_upload_size=upload_megabytes(),
    )  # fmt: skip
    message = session.message(_PLACE)
    if message is not None:
        st.error(message.text, icon=":material/error:")


def _among(files: list[tuple[str, bytes]], match: Callable[[list[tuple[str, bytes]]], Prepared]) -> Prepared:
    """The data from the last file alone, if it matches, otherwise from all files together. Raises: OwnDataError, like `match`."""
    if len(files) > 1:
        with contextlib.suppress(OwnDataError):
            return match(files[-1:])
    return match(files)


def _matching(dataset: Matchable, files: list[tuple[str, bytes]]) -> Prepared:
    """Raises: OwnDataError."""
    if isinstance(dataset, OwnImages):
        return _among(files, partial(match_images, dataset))
    if isinstance(dataset, OwnText | OwnCorpus):
        return _among(files, partial(match_text, dataset))
    name, content = files[0]
    return match_table(dataset, content, name) if isinstance(dataset, OwnTable) else match_series(dataset, content, name)


def _say(text: str) -> None:
    """In a callback, which has no place on the page."""
    if text:
        st.toast(text)


def _take(dataset: Matchable, key: str) -> None:
    """Stores the upload if it is the same; otherwise says why not, and leaves the experiment unchanged."""
    try:
        files = read_all(take(key))
        if not files:
            return
        with visit_reads(say=_say):
            prepared = _matching(dataset, files)
        check_storage(session.owner(), prepared.upload)
        keep(prepared)
        own_list.remember(prepared)
    except (DataError, StorageLimitError) as error:
        session.set_message(_PLACE, quoted(f"{str(error)[:1].upper()}{str(error)[1:]}."))
