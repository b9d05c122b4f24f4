"""What there is to take away: code, networks for other programs, pictures, all of it."""

from dataclasses import dataclass, replace

import streamlit as st

from playground.catalog.datasets.fetching import megabytes
from playground.export.formats import FORMATS, Format
from playground.network import Trace, trace
from playground.runs import RunNotFound, RunState
from playground.runs.store import StoreError
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.components.dialog_keys import dialog_keys
from playground.web.current import Current
from playground.web.links import app_address
from playground.web.markup import quoted
from playground.web.networks import NetworkError, network_at, stamp_at
from playground.web.panels.standing_dialog import close, opener
from playground.web.parcels import Parcel, failures, forget_failures
from playground.web.server import runs

_NAME, _SOURCE = "take_away", "take_away.source"
_FOLLOW_SECONDS = 1.0
_BYTES = 4
"""Of a weight."""
_RUN, _SCREEN = "The run, as trained", "The settings on the screen"


@dataclass(frozen=True)
class _Offer:
    """From what files are made. current: the run whose weights go along; None without. said: that, in words. awaited: the run that has no
    weights yet. broken: why the network does not work."""

    spec: ExperimentSpec
    current: Current | None = None
    said: str = ""
    awaited: Current | None = None
    broken: str | None = None


def take_away(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """A button that opens a dialog with everything; it stays open, whatever becomes of the run, until the visitor closes it."""
    about = "This network as code, as a notebook, for other programs, or as a drawing"
    if opener(_NAME, "Take away", ":material/download:", about):
        _dialog(spec, traced, current)


def _close() -> None:
    close(_NAME)
    forget_failures(_visit())


@st.dialog("Take away", width="medium", icon=":material/download:", on_dismiss=_close)
def _dialog(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    offer = _offer(spec, traced, current)
    st.fragment(_news, run_every=_FOLLOW_SECONDS)(offer)
    for name, each in FORMATS.items():
        _row(name, each, offer)
    dialog_keys("take_away_keys")


def _news(offer: _Offer) -> None:
    """From what the files are made, as it is now, and what could not be made. The rows stay as they are: Streamlit gives a button that is
    drawn again another address for its file, and forgets the one that somebody may be asking for. Only when a run that had none has its
    first weights, all is drawn anew."""
    if offer.awaited is not None and _has_weights(offer.awaited):
        st.rerun()
    st.caption(f"{offer.said} {_progress(offer.current) if offer.current else ''}")
    for name, why in failures(_visit()).items():
        st.error(f"{FORMATS[name].title} could not be made. {quoted(why)}", icon=":material/error:")


def _visit() -> str:
    return session.visit()


def _offer(spec: ExperimentSpec, traced: Trace, current: Current | None) -> _Offer:
    """The run on the screen where it has weights; else the settings. Where the two differ, the visitor chooses."""
    errors = [problem.message for problem in traced.problems if problem.severity == "error"]
    plain = _Offer(spec, broken=errors[0] if errors else None)
    if current is None:
        return replace(plain, said="From the settings on the screen. Train the network first to take along what it has learned.")
    try:
        network = network_at(current.address)
    except NetworkError as error:
        return replace(plain, said=f"From the settings on the screen. {quoted(str(error))}", awaited=current)
    if network.run.spec != spec and _chosen() == _SCREEN:
        return replace(plain, said="These settings are not those of the run: they were changed since it was started.")
    return _Offer(network.run.spec, current, "From the run on the screen,")


def _chosen() -> object:
    return st.segmented_control("From", (_RUN, _SCREEN), default=_RUN, required=True, key=_SOURCE, label_visibility="collapsed")


def _has_weights(current: Current) -> bool:
    try:
        return any(stamp_at(current.address))
    except NetworkError:
        return False


def _progress(current: Current) -> str:
    """As in "now after epoch 2.4 of 5. It goes on; what you take away has its newest weights."."""
    try:
        status = runs().status(current.run_id)
    except (StoreError, RunNotFound) as error:
        return quoted(str(error))
    epoch = f"{status['epoch'] or 0:.1f}".removesuffix(".0")
    when = f"after epoch {epoch} of {current.info.spec.training.epochs}"
    ended = RunState(status["state"]).ended
    return f"{when}." if ended else f"now {when}. It goes on; what you take away has its newest weights."


def _row(name: str, each: Format, offer: _Offer) -> None:
    """What it is, and its button; one that cannot be had yet says why."""
    why = _why_not(each, offer)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"pg-take-{name}"):
        with st.container(gap=None):
            st.markdown(f"**{each.title}**")
            st.caption(why or _what(each, offer))
        parcel = Parcel(name, offer.spec, offer.current.address if offer.current else None, app_address(), _visit())
        st.download_button(
            each.file,
            parcel.content,
            each.file,
            each.media_type,
            key=f"take_{name}",
            icon=":material/download:",
            on_click="ignore",
            disabled=why is not None,
            help=why,
        )


def _why_not(each: Format, offer: _Offer) -> str | None:
    if each.needs_weights and offer.current is None:
        return "There are no weights yet: train the network first."
    if each.needs_network and offer.broken is not None:
        return f"The network does not work yet: {quoted(offer.broken)}"
    return None


def _what(each: Format, offer: _Offer) -> str:
    if each.is_text or not each.needs_network:
        return each.help
    size = f"about {megabytes(_BYTES * trace(offer.spec).parameters)}"
    untrained = "; with its first weights, as it is not trained yet" if offer.current is None else ""
    return f"{each.help}; {size}{untrained}"
