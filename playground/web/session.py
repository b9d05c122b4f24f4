"""What one visitor is doing: the spec being edited with its history, the run on the screen, the drawing. The only file that touches
st.session_state.

It is mirrored in the address: `?run=` the run, `?spec=` the spec, so that a refresh or a copied address finds both again."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from uuid import uuid4

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.export.link import from_token, to_token
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.runs import RunNotFound
from playground.spec import ExperimentSpec, SpecError
from playground.web.classroom import Limits
from playground.web.history import History, Version
from playground.web.markup import quoted
from playground.web.server import runs

Level = Literal["error", "note"]

_RUNS_KEPT = 8
_NONCES_KEPT = 200
"""More than a browser can have on the way, as while a key repeats and the server is busy: those that were not answered come again."""


@dataclass(frozen=True)
class Message:
    """Something to tell the visitor at one place of the screen."""

    text: str
    level: Level


@lru_cache(maxsize=256)
def _parsed(json: str) -> ExperimentSpec:
    return parse_spec(json)


@lru_cache(maxsize=256)
def token(spec: ExperimentSpec) -> str:
    """The spec's share token."""
    return to_token(spec)


def default_spec() -> ExperimentSpec:
    """What a visitor starts with."""
    return next(iter(PRESETS.values())).spec


def spec() -> ExperimentSpec:
    """The spec being edited."""
    return _parsed(history().present.json)


def history() -> History:
    """The spec's versions."""
    _open()
    return History.of(st.session_state["history"])


def revision() -> int:
    """Part of the key of every widget that shows the spec: a new number where they have to show other values than their own."""
    _open()
    return int(st.session_state["revision"])


def visit() -> str:
    """Which visit this is; no other has its name."""
    _open()
    return str(st.session_state["visit"])


def edit(changed: ExperimentSpec, why: str, *, shown: bool = False) -> bool:
    """A new version of the spec. why: as in "Undo: …". shown: whether the widgets show it already, as it came from one of them.

    What was told before is over with. False, and nothing but a message, where the link keeps as it is what would change."""
    refused = refusal(changed)
    if refused:
        refresh()
        tell("address", f"Not applied. {refused}", "note")
        return False
    _keep(history().edited(changed.to_json(), why), shown=shown)
    return True


def limits() -> Limits:
    """What the link that was opened hides and locks."""
    _open()
    return Limits(*(frozenset(names) for names in st.session_state["limits"]))


def allows(changed: ExperimentSpec) -> bool:
    """Whether nothing that the link keeps as it is would change."""
    return refusal(changed) is None


def refusal(changed: ExperimentSpec) -> str | None:
    """Why the link does not allow these settings, as a sentence; None if it does."""
    kept = limits().kept(spec(), changed)
    return f"This link locks: {', '.join(kept)}." if kept else None


def undo() -> None:
    """Takes the last edit back."""
    _keep(history().undone())


def redo() -> None:
    """Does again what was undone last."""
    _keep(history().redone())


def turns() -> dict[str, str | None]:
    """What undo and redo would bring, as share tokens; None where there is nothing."""
    found = history()
    versions = {"undo": found.undone(), "redo": found.redone()}
    return {name: None if version == found else token(_parsed(version.present.json)) for name, version in versions.items()}


def refresh() -> None:
    """Lets every widget show the spec again: one shows a value that was refused."""
    st.session_state["revision"] = revision() + 1


def _keep(changed: History, *, shown: bool = False) -> None:
    st.session_state["history"] = changed.plain()
    st.session_state["messages"] = {}
    if not shown:
        refresh()


def tell(place: str, text: str, level: Level = "error") -> None:
    """Keeps a message for one place of the screen until the next edit."""
    _open()
    st.session_state["messages"] = {**st.session_state["messages"], place: (text, level)}


def forget(place: str) -> None:
    """Takes back the message for this place of the screen."""
    _open()
    st.session_state["messages"] = {name: told for name, told in st.session_state["messages"].items() if name != place}


def told(place: str) -> Message | None:
    """The message for this place of the screen."""
    _open()
    found = st.session_state["messages"].get(place)
    return None if found is None else Message(*found)


def run() -> str | None:
    """The address of the run on the screen, to control it or to watch it."""
    _open()
    address = st.session_state["run"]
    return None if address is None else str(address)


def set_run(address: str | None) -> None:
    """Puts a run on the screen, or none."""
    _open()
    if address is not None:
        st.session_state["runs"] = [address, *(each for each in runs_of_visit() if each != address)][:_RUNS_KEPT]
    st.session_state["run"] = address
    st.session_state["messages"] = {}


def runs_of_visit() -> tuple[str, ...]:
    """Addresses of the runs that were on the screen since the visit began, the last first."""
    _open()
    return tuple(st.session_state.get("runs", ()))


def picked_network() -> str | None:
    """The network that was picked to draw for and to explain; None where none was since another run came on the screen."""
    address, beside = st.session_state.get("network", (None, None))
    return address if address is not None and beside == run() else None


def pick_network(address: str) -> None:
    """Picks it, until another run comes on the screen."""
    st.session_state["network"] = (address, run())


def choice(name: str, default: Any) -> Any:
    """What was chosen on a page under this name. Unlike a widget's own value it outlives a look at another page."""
    return st.session_state.get("choices", {}).get(name, default)


def choose(name: str, value: Any) -> None:
    """Keeps what was chosen under this name."""
    st.session_state["choices"] = {**st.session_state.get("choices", {}), name: value}


def drawing() -> NDArray[np.uint8] | None:
    """What was drawn last: (28, 28), 255 = ink."""
    kept = st.session_state.get("drawing")
    return None if kept is None else np.frombuffer(kept, np.uint8).reshape(28, 28)


def set_drawing(ink: NDArray[np.uint8] | None) -> None:
    """ink: (28, 28), 255 = ink; None for a clear canvas."""
    st.session_state["drawing"] = None if ink is None else np.ascontiguousarray(ink, np.uint8).tobytes()


def widget(key: str) -> Any:
    """What the widget of this key says now; None if there is none."""
    return st.session_state.get(key)


def said(key: str, name: str) -> Any:
    """What the component of this key said under this name; None if nothing."""
    return (st.session_state.get(key) or {}).get(name)


def first_time(nonce: str) -> bool:
    """Whether this message of the browser is new: after a lost connection one may come twice."""
    _open()
    seen: list[str] = st.session_state.get("nonces", [])
    st.session_state["nonces"] = [*seen, nonce][-_NONCES_KEPT:]
    return nonce not in seen


def nonces() -> list[str]:
    """Of the browser's edits that were taken lately."""
    return list(st.session_state.get("nonces", []))


def tell_edit_error(text: str, place: str | None) -> None:
    """What was wrong with an edit of the network, at the layer of a place or (None) of the whole; kept until the next edit."""
    tell("network", text)
    st.session_state["edit_error_path"] = place


def edit_error() -> dict[str, Any] | None:
    """{"text", "place"} of the last edit of the network that could not be done, until the next one."""
    found = told("network")
    return None if found is None else {"text": found.text, "path": st.session_state.get("edit_error_path")}


def preview_seed() -> int:
    """Of the random changes that the preview of augmentation shows."""
    return int(st.session_state.get("preview_seed", 0))


def next_preview() -> None:
    """Other random changes."""
    st.session_state["preview_seed"] = preview_seed() + 1


def spec_in_address() -> str | None:
    """The token that the address has to carry; None where the spec is what the address opens without one."""
    return None if spec() == _opened_without_token(run()) else token(spec())


def mirror() -> None:
    """Writes the run and what the link hides into the address, and the spec where it is not there yet. Each write is a step of the
    browser's history, so the network editor, which writes later versions of the spec itself, replaces the address instead."""
    wanted = {"run": run(), "spec": spec_in_address(), **limits().address()}
    absent = [name for name, value in wanted.items() if value is None and name in st.query_params]
    missing = {name: value for name, value in wanted.items() if value is not None and name not in st.query_params}
    if wanted["run"] is not None and st.query_params.get("run") != wanted["run"]:
        missing["run"] = wanted["run"]
    if missing or absent:
        kept = {name: value for name, value in st.query_params.to_dict().items() if name not in absent}
        changed = {name: value for name, value in wanted.items() if value is not None}
        st.query_params.from_dict({**kept, **changed})


def _open() -> None:
    """At the first visit: what the address says, else the first preset. A broken link is told, and opens the first preset."""
    if "history" in st.session_state:
        return
    st.session_state.update(history=History(Version(default_spec().to_json())).plain(), revision=0, messages={}, run=None)
    st.session_state.update(visit=uuid4().hex)
    found, unknown = Limits.read(*(",".join(st.query_params.get_all(name)) for name in ("hide", "lock")))
    st.session_state["limits"] = (sorted(found.hidden), sorted(found.locked))
    if unknown:
        tell("address", f"This link hides or locks unknown parts of the page: {quoted(', '.join(unknown)[:200])}.", "note")
    links, address = st.query_params.get_all("spec"), st.query_params.get("run")
    if address:
        try:
            runs().resolve(address)
            st.session_state["run"] = address
            st.session_state["runs"] = [address]
        except RunNotFound as error:
            tell("address", f"{error} You can train the settings below instead.")
    opened = _opened_without_token(st.session_state["run"])
    if links and links[-1]:
        try:
            opened = _only(links)
        except SpecError as error:
            tell("address", f"This link cannot be opened. {_sentence(error)} You can continue with the settings below.")
    st.session_state["history"] = History(Version(opened.to_json())).plain()


def _only(tokens: list[str]) -> ExperimentSpec:
    """Raises: SpecError if they are of several experiments, or of none."""
    if len(set(tokens)) > 1:
        raise SpecError(f"link: contains {len(set(tokens))} experiments, as if two links had been joined; copy one of them again")
    return from_token(tokens[-1])


def _opened_without_token(address: str | None) -> ExperimentSpec:
    """What an address without `?spec=` opens: the run's own spec, else the first preset."""
    if address is None:
        return default_spec()
    try:
        return runs().info(runs().resolve(address).run_id).spec
    except RunNotFound:
        return default_spec()


def _sentence(error: Exception) -> str:
    text = str(error).split("\n")[0]
    return f"{text[:1].upper()}{text[1:]}."
