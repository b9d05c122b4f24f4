"""In the place of a dataset's picture while its files are not here: what it is, and its download."""

import streamlit as st

from playground.catalog.datasets import DataError, Dataset, Downloaded, NotDownloadedError
from playground.catalog.datasets.fetching import megabytes
from playground.catalog.datasets.uploads import is_kept
from playground.own import OwnDataset
from playground.web import session
from playground.web.downloads import Standing, downloads

_LOOK_SECONDS = 0.5


def download(missing: NotDownloadedError, card: str = "") -> None:
    """A button that begins the download, or how far it is; then the page is drawn again. missing: what loading said. card: the dataset's
    name where a card, one of several, tells its title and licence beside this; it ends the keys."""
    kind = missing.kind
    standing = downloads().standing(kind)
    with st.container(border=True, gap="small", key=f"pg-download{_end(card)}"):
        if standing is not None and standing.active:
            st.fragment(_progress, run_every=_LOOK_SECONDS)(kind, card)
        else:
            _offer(missing, standing, card)


def warn(dataset: Dataset) -> None:
    """What somebody who pressed Train has to do first; nothing once the data is here, or of other data."""
    told = session.message(_place(type(dataset)))
    if told is not None and not is_here(dataset):
        st.error(told.text, icon=":material/download:")


def demand(dataset: Dataset) -> bool:
    """Whether the data can be trained on; where it has to be downloaded or brought first, the visitor is told."""
    if is_here(dataset):
        return True
    text = f"{dataset.title} is not downloaded yet. Download it under Data, then train."
    if isinstance(dataset, OwnDataset):
        text = f"{dataset.title}: the data are not on this server. Bring them under Data, then train."
    session.set_message(_place(type(dataset)), text)
    return False


def is_here(dataset: Dataset) -> bool:
    """Whether nothing has to be downloaded or brought. What else may be wrong with the data is told where it is loaded."""
    if isinstance(dataset, OwnDataset):
        return is_kept(dataset.key)
    try:
        return not isinstance(dataset, Downloaded) or dataset.is_here()
    except DataError:
        return True


def _offer(missing: NotDownloadedError, standing: Standing | None, card: str) -> None:
    kind = missing.kind
    here, total = kind.bytes_here(), kind.needs.bytes
    what = "is not downloaded yet" if missing.damaged is None else f"has to be downloaded again: its file {missing.damaged.name} is damaged"
    st.markdown(f"{'This set' if card else f'**{kind.title}**'} {what}.")
    some, failed = 0 < here < total, standing is not None and standing.phase == "failed"
    if standing is not None and failed:
        st.error(standing.message, icon=":material/cloud_off:")
    elif some:
        st.caption(f"{megabytes(here)} of {megabytes(total)} are here.")
    elif not card:
        st.caption("Other sets need no download.")
    verb = "Try again" if failed else "Continue" if some else "Download"
    st.button(
        f"{verb} · {megabytes(total - here if some else total)}",
        key=f"download_start{_end(card)}",
        icon=":material/download:",
        type="primary",
        width="stretch",
        on_click=downloads().start,
        args=(kind,),
        help="The server fetches the files and keeps them in its data folder",
    )
    st.caption(f"Takes {megabytes(kind.bytes_on_disk())} on the server's disk." + ("" if card else f" Licence: {kind.needs.licence}."))


def _progress(kind: type[Downloaded], card: str) -> None:
    """Runs again by itself until the download has ended."""
    standing = downloads().standing(kind)
    if standing is None or not standing.active:
        st.rerun(scope="app")
    st.markdown(f"{'Downloading' if standing.phase == 'downloading' else 'Preparing'} {'this set' if card else f'**{kind.title}**'}")
    share = standing.here / standing.total
    speed = f" · {megabytes(standing.speed)}/s" if standing.speed else ""
    st.progress(min(share, 1.0), text=f"{standing.here / 1e6:.1f} of {megabytes(standing.total)} · {share:.0%}{speed}")
    st.button(
        "Cancel",
        key=f"download_cancel{_end(card)}",
        icon=":material/close:",
        on_click=downloads().cancel,
        args=(kind,),
        help="What has come is kept",
    )
    st.caption("It goes on in the server when you leave this page, and whoever picks this dataset sees it.")


def _end(card: str) -> str:
    return f".{card}" if card else ""


def _place(kind: type[Dataset]) -> str:
    return f"download.{kind.name()}"
