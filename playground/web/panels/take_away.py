"""What there is to take away: code, networks for other programs, pictures, all of it."""

from dataclasses import dataclass, replace

import streamlit as st

from playground.export.formats import FORMATS, Format
from playground.network import Trace
from playground.runs import RunNotFound
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.current import Current
from playground.web.links import app_address
from playground.web.markup import quoted
from playground.web.networks import NetworkError, network_at
from playground.web.parcels import FAILURES, Parcel
from playground.web.server import runs

_OPEN, _SOURCE, _FAILED = "take_away.open", "take_away.source", "take_away.failed"
_RUN, _SCREEN = "The run, as trained", "The settings on the screen"


@dataclass(frozen=True)
class _Offer:
    """From what files are made. network: address of the run whose weights go along; None without. said: that, in a sentence. when: how far
    the weights have come. broken: why the network does not work."""

    spec: ExperimentSpec
    network: str | None = None
    said: str = ""
    when: str = ""
    broken: str | None = None


def take_away(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """A button that opens a dialog with everything; it stays open, whatever becomes of the run, until the visitor closes it."""
    st.button(
        "Take away",
        key="take_away",
        icon=":material/download:",
        width="stretch",
        on_click=session.choose,
        args=(_OPEN, True),
        help="This network as code, as a notebook, for other programs, or as a drawing",
    )
    if session.choice(_OPEN, False):
        _dialog(spec, traced, current)


def _close() -> None:
    session.choose(_OPEN, False)
    session.choose(_FAILED, None)


@st.dialog("Take away", width="medium", icon=":material/download:", on_dismiss=_close)
def _dialog(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    offer = _offer(spec, traced, current)
    st.caption(offer.said)
    for name, each in FORMATS.items():
        _row(name, each, offer)


def _offer(spec: ExperimentSpec, traced: Trace, current: Current | None) -> _Offer:
    """The run on the screen where it has weights; else the settings. Where the two differ, the visitor chooses."""
    errors = [problem.message for problem in traced.problems if problem.severity == "error"]
    plain = _Offer(spec, broken=errors[0] if errors else None)
    if current is None:
        return replace(plain, said="From the settings on the screen. Train the network first to take along what it has learned.")
    try:
        network = network_at(current.address)
    except NetworkError as error:
        return replace(plain, said=f"From the settings on the screen. {quoted(str(error))}")
    if network.run.spec != spec and _chosen() == _SCREEN:
        return replace(plain, said="These settings are not those of the run: they were changed since it was started.")
    when = _progress(current, network.run.step)
    more = "It goes on; what you take away has its newest weights." if current.active else ""
    return _Offer(network.run.spec, current.address, f"From the run on the screen, {when}. {more}", when)


def _chosen() -> object:
    return st.segmented_control("From", (_RUN, _SCREEN), default=_RUN, required=True, key=_SOURCE, label_visibility="collapsed")


def _progress(current: Current, step: int) -> str:
    """As in "after epoch 2.4 of 5"."""
    try:
        steps = runs().status(current.run_id).get("steps_per_epoch")
    except RunNotFound:
        steps = None
    if not steps:
        return f"after {step:,} steps"
    return f"after epoch {f'{step / steps:.1f}'.removesuffix('.0')} of {current.info.spec.training.epochs}"


def _row(name: str, each: Format, offer: _Offer) -> None:
    """What it is, and its button; one that cannot be had yet says why."""
    why = _why_not(each, offer)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"pg-take-{name}"):
        with st.container(gap=None):
            st.markdown(f"**{each.title}**")
            st.caption(why or _what(each, offer))
        parcel = Parcel(name, offer.spec, offer.network, app_address())
        st.download_button(
            each.file,
            parcel.content,
            each.file,
            each.media_type,
            key=f"take_{name}",
            icon=":material/download:",
            on_click=_made,
            args=(name, parcel),
            disabled=why is not None,
            help=why,
        )
    failed = session.choice(_FAILED, None)
    if failed is not None and failed[0] == name:
        st.error(f"{each.title} could not be made. {quoted(failed[1])}", icon=":material/error:")


def _why_not(each: Format, offer: _Offer) -> str | None:
    if each.needs_weights and offer.network is None:
        return "There are no weights yet: train the network first."
    if each.needs_network and offer.broken is not None:
        return f"The network does not work yet: {quoted(offer.broken)}"
    return None


def _what(each: Format, offer: _Offer) -> str:
    if each.weights == "unused":
        return each.help
    if offer.network is not None:
        return f"{each.help}; as it is {offer.when}"
    return f"{each.help}; with its first weights, as it is not trained yet" if each.needs_network else each.help


def _made(name: str, parcel: Parcel) -> None:
    """Makes the file while the browser waits for it, and keeps what went wrong, for the row to tell."""
    try:
        parcel.content()
        session.choose(_FAILED, None)
    except FAILURES as error:
        session.choose(_FAILED, (name, str(error)))
