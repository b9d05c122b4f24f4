"""The Export dialog: code, weights and other model formats, diagrams, or everything in one archive."""

from dataclasses import dataclass, replace

import streamlit as st

from playground.artifacts.fetching import megabytes
from playground.catalog.datasets import OwnCorpus, OwnText
from playground.export.formats import FORMATS, Format
from playground.network import Trace, trace
from playground.runs import RunNotFound, RunState
from playground.runs.database import StoreError
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.components.dialog_keys import dialog_keys
from playground.web.current import Current
from playground.web.exported_files import ExportedFile, clear_failures, failures
from playground.web.links import app_address
from playground.web.markup import quoted
from playground.web.networks import NetworkError, network_at, stamp_at
from playground.web.own_runs import given_name
from playground.web.panels.standing_dialog import close, opener
from playground.web.server import runs

_NAME, _SOURCE = "export", "export.source"
_UPDATE_SECONDS = 1.0
_WEIGHT_BYTES, _BUTTON_PIXELS = 4, 190
_RUN, _SETTINGS = "Trained run", "Current settings"


@dataclass(frozen=True)
class _Offer:
    """What is exported. current: the run whose weights are exported, if any. caption: describes it to the visitor. awaited: a run that has
    no weights yet. error: why the network is not valid."""

    spec: ExperimentSpec
    current: Current | None = None
    caption: str = ""
    awaited: Current | None = None
    error: str | None = None


def export(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """A button that opens the dialog, which stays open until the visitor closes it, even if the run ends."""
    about = "Download this network as code, a notebook, weights, ONNX or a diagram"
    if opener(_NAME, "Export", ":material/download:", about):
        _dialog(spec, traced, current)


def _close() -> None:
    close(_NAME)
    clear_failures(session.visit())


@st.dialog("Export", width="medium", icon=":material/download:", on_dismiss=_close)
def _dialog(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    offer = _offer(spec, traced, current)
    st.fragment(_status, run_every=_UPDATE_SECONDS)(offer)
    for name, format_ in FORMATS.items():
        _row(name, format_, offer)
    dialog_keys("export_keys")


def _status(offer: _Offer) -> None:
    """What is exported, kept up to date, and which files could not be made.

    The rows are not redrawn, because a redrawn download button gets another address and Streamlit drops the one that may be in use. The
    whole dialog is redrawn only when a run that it waits for has weights."""
    if offer.awaited is not None and _has_weights(offer.awaited):
        st.rerun()
    st.caption(f"{offer.caption} {_progress(offer.current) if offer.current else ''}")
    for name, reason in failures(session.visit()).items():
        st.error(f"{FORMATS[name].title}: export failed. {quoted(reason)}", icon=":material/error:")


def _offer(spec: ExperimentSpec, traced: Trace, current: Current | None) -> _Offer:
    """The run on the screen if it has weights, otherwise the settings. If the settings have changed since, the visitor chooses."""
    errors = [problem.message for problem in traced.problems if problem.severity == "error"]
    plain = _Offer(spec, error=errors[0] if errors else None)
    if current is None:
        return replace(plain, caption="Exports the current settings. Train the network to export its weights as well.")
    try:
        network = network_at(current.address)
    except NetworkError as error:
        return replace(plain, caption=f"Exports the current settings. {quoted(str(error))}", awaited=current)
    if current.info.spec != spec and _chosen_source() == _SETTINGS:
        return replace(plain, caption="Exports the current settings, which have changed since this run started.")
    return _Offer(network.run.spec, current, "Exports the run on the screen")


def _chosen_source() -> object:
    return st.segmented_control("Export from", (_RUN, _SETTINGS), default=_RUN, required=True, key=_SOURCE, label_visibility="collapsed")


def _has_weights(current: Current) -> bool:
    try:
        return any(stamp_at(current.address))
    except NetworkError:
        return False


def _progress(current: Current) -> str:
    """Such as "after epoch 2.4 of 5, still training. Downloads contain the newest weights."."""
    try:
        status = runs().status(current.run_id)
    except (StoreError, RunNotFound) as error:
        return quoted(str(error))
    epoch = f"{status['epoch'] or 0:.1f}".removesuffix(".0")
    progress = f"after epoch {epoch} of {current.info.spec.training.epochs}"
    ended = RunState(status["state"]).ended
    return f"{progress}." if ended else f"{progress}, still training. Downloads contain the newest weights."


def _row(name: str, format_: Format, offer: _Offer) -> None:
    """A format and its download button, disabled with the reason if it is not available."""
    reason = _unavailable(format_, offer)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"pg-export-{name}"):
        with st.container(gap=None):
            st.markdown(f"**{format_.title}**")
            st.caption(reason or _description(format_, offer))
        file = ExportedFile(name, offer.spec, offer.current.address if offer.current else None, app_address(), session.visit())
        st.download_button(
            format_.file,
            file.content,
            _file_name(format_, offer),
            format_.media_type,
            key=f"export_{name}",
            icon=":material/download:",
            width=_BUTTON_PIXELS,
            on_click="ignore",
            disabled=reason is not None,
            help=reason,
        )


def _file_name(format_: Format, offer: _Offer) -> str:
    """The archive of a run that has a name is called like it; other files know one another by their names."""
    name = given_name(offer.current.info) if offer.current and format_ is FORMATS["bundle"] else ""
    words = "".join(character if character.isalnum() or character in "-_.,()+=" else " " for character in name).split()
    return f"{' '.join(words)}{format_.suffix}" if words else format_.file


def _unavailable(format_: Format, offer: _Offer) -> str | None:
    """Why the format is not available; None if it is."""
    if format_.needs_weights and offer.current is None:
        return "No weights yet. Train the network first."
    if format_.needs_network and offer.error is not None:
        return f"The network has an error: {quoted(offer.error)}"
    return None


def _description(format_: Format, offer: _Offer) -> str:
    vocabulary = isinstance(offer.spec.data, OwnText | OwnCorpus) and format_.vocabulary
    private = ". Contains the vocabulary of your text" if vocabulary else ""
    if format_.is_text or not format_.needs_network:
        return f"{format_.help}{private}"
    size = f"about {megabytes(_WEIGHT_BYTES * trace(offer.spec).parameters)}"
    untrained = ", with its initial (untrained) weights" if offer.current is None else ""
    return f"{format_.help}, {size}{untrained}{private}"
