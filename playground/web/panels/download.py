"""The download of a dataset, in place of its plot until its files are here."""

import streamlit as st

from playground.artifacts.fetching import megabytes
from playground.artifacts.uploads import is_stored
from playground.catalog.datasets import DataError, Dataset, Downloaded, NotDownloadedError
from playground.own import OwnDataset
from playground.web import session
from playground.web.downloads import DownloadStatus, downloads

_LOOK_SECONDS = 0.5


def download(missing: NotDownloadedError, card: str = "") -> None:
    """A button that starts the download, or its progress. missing: the error from loading. card: the dataset's name if this is part of a
    card, which shows title and license itself; it is appended to the widget keys."""
    kind = missing.kind
    status = downloads().status(kind)
    with st.container(border=True, gap="small", key=f"pg-download{_end(card)}"):
        if status is not None and status.active:
            st.fragment(_progress, run_every=_LOOK_SECONDS)(kind, card)
        else:
            _offer(missing, status, card)


def warn(dataset: Dataset) -> None:
    """After pressing Train: what has to be done first. Nothing once the data is here, or for other data."""
    message = session.message(_place(type(dataset)))
    if message is not None and not is_here(dataset):
        st.error(message.text, icon=":material/download:")


def demand(dataset: Dataset) -> bool:
    """Whether the data can be used for training; if it has to be downloaded or uploaded first, a message says so."""
    if is_here(dataset):
        return True
    text = f"{dataset.title} has not been downloaded yet. Download it under Data, then train."
    if isinstance(dataset, OwnDataset):
        text = f"{dataset.title}: the data is not on this server. Upload it under Data, then train."
    session.set_message(_place(type(dataset)), text)
    return False


def is_here(dataset: Dataset) -> bool:
    """Whether nothing has to be downloaded or uploaded. Other problems with the data are reported when it is loaded."""
    if isinstance(dataset, OwnDataset):
        return is_stored(dataset.key)
    try:
        return not isinstance(dataset, Downloaded) or dataset.is_here()
    except DataError:
        return True


def _offer(missing: NotDownloadedError, status: DownloadStatus | None, card: str) -> None:
    kind = missing.kind
    here, total = kind.bytes_here(), kind.needs.bytes
    what = "has not been downloaded yet"
    if missing.damaged is not None:
        what = f"has to be downloaded again: the file {missing.damaged.name} is damaged"
    st.markdown(f"{'This dataset' if card else f'**{kind.title}**'} {what}.")
    some, failed = 0 < here < total, status is not None and status.phase == "failed"
    if status is not None and failed:
        st.error(status.message, icon=":material/cloud_off:")
    elif some:
        st.caption(f"{megabytes(here)} of {megabytes(total)} downloaded.")
    elif not card:
        st.caption("Most other datasets need no download.")
    verb = "Try again" if failed else "Resume" if some else "Download"
    st.button(
        f"{verb} · {megabytes(total - here if some else total)}",
        key=f"download_start{_end(card)}",
        icon=":material/download:",
        type="primary",
        width="stretch",
        on_click=downloads().start,
        args=(kind,),
        help="The server downloads the files and keeps them in its data folder",
    )
    st.caption(f"Needs {megabytes(kind.bytes_on_disk())} on the server's disk." + ("" if card else f" License: {kind.needs.license}."))


def _progress(kind: type[Downloaded], card: str) -> None:
    """Runs repeatedly until the download has ended."""
    status = downloads().status(kind)
    if status is None or not status.active:
        st.rerun(scope="app")
    st.markdown(f"{'Downloading' if status.phase == 'downloading' else 'Preparing'} {'this dataset' if card else f'**{kind.title}**'}")
    share = status.here / status.total
    speed = f" · {megabytes(status.speed)}/s" if status.speed else ""
    st.progress(min(share, 1.0), text=f"{status.here / 1e6:.1f} of {megabytes(status.total)} · {share:.0%}{speed}")
    st.button(
        "Cancel",
        key=f"download_cancel{_end(card)}",
        icon=":material/close:",
        on_click=downloads().cancel,
        args=(kind,),
        help="What has been downloaded is kept",
    )
    st.caption("The download continues when you leave this page, and benefits everyone on this server.")


def _end(card: str) -> str:
    return f".{card}" if card else ""


def _place(kind: type[Dataset]) -> str:
    return f"download.{kind.name()}"
