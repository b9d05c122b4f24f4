"""In the place of a picture of own data that are not on this server: which they are, and how to bring them."""

import contextlib

import streamlit as st

from playground.catalog.datasets import DataError, OwnDigits, OwnImages, OwnPoints, OwnTable
from playground.own import OwnDataError, OwnDataset, Prepared, keep
from playground.own.same import same_images, same_table
from playground.settings import settings
from playground.web import session
from playground.web.links import PAGES
from playground.web.markup import quoted
from playground.web.panels import own_list
from playground.web.panels.own import WAY, Way, open_own

_WAYS: dict[type[OwnDataset], Way] = {OwnTable: "table", OwnImages: "images", OwnPoints: "points", OwnDigits: "digits"}
_PLACE = "own.missing"


def missing(dataset: OwnDataset, error: DataError) -> None:
    """Which data are missing; a file is taken only if it gives the very same. error: what loading said."""
    with st.container(border=True, gap="small", key="pg-own-missing"):
        if not dataset.key:
            st.info(f"{dataset.title}: nothing was brought yet.", icon=":material/upload_file:")
        else:
            st.warning(quoted(f"{str(error)[:1].upper()}{str(error)[1:]}."), icon=":material/folder_off:")
            _again(dataset)
        if st.button("Open the page Data", key="own_missing_open", icon=":material/database:", width="stretch"):
            open_own()
            session.choose(WAY, _WAYS[type(dataset)])
            st.switch_page(PAGES / "data.py")


def _again(dataset: OwnDataset) -> None:
    if not isinstance(dataset, OwnTable | OwnImages):
        st.caption("It was drawn by hand, and lies only on the server where that was done, as long as there is room.")
        return
    several = isinstance(dataset, OwnImages)
    key = f"{_PLACE}.{dataset.key[:12]}"
    st.file_uploader(
        "Bring the same file again",
        key=key, accept_multiple_files=several, on_change=_take, args=(dataset, key),
        max_upload_size=max(1, settings().upload_bytes // 1_000_000),
    )  # fmt: skip
    told = session.message(_PLACE)
    if told is not None:
        st.error(told.text, icon=":material/error:")


def _among(dataset: OwnImages, files: list[tuple[str, bytes]]) -> Prepared:
    """The images from the last file, where an earlier one was another, else from all files together. Raises: OwnDataError from these."""
    if len(files) > 1:
        with contextlib.suppress(OwnDataError):
            return same_images(dataset, files[-1:])
    return same_images(dataset, files)


def _take(dataset: OwnTable | OwnImages, key: str) -> None:
    """Keeps what was brought where it is the same; else tells what it is instead, and the experiment stays."""
    brought = session.widget(key)
    files = [(str(file.name), file.getvalue()) for file in (brought if isinstance(brought, list) else [brought]) if file is not None]
    if not files:
        return
    try:
        if isinstance(dataset, OwnImages):
            prepared = _among(dataset, files)
        else:
            name, content = files[0]
            prepared = same_table(dataset, content, name)
        keep(prepared)
        own_list.remember(prepared)
    except DataError as error:
        session.set_message(_PLACE, quoted(f"{str(error)[:1].upper()}{str(error)[1:]}."))
