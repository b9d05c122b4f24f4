"""The state of one visit: the spec being edited with its history, the run on the screen, the drawing. The only file that uses
st.session_state.

Run and spec are mirrored in the address as `?run=` and `?spec=`, so that both survive a reload, and a copied address opens them.

Each access to st.session_state is a position where Streamlit may break off a callback for a newer message of the same visitor, so that an
edit or a click would have half of its effect, or none. Therefore a visit keeps its values in one dictionary, which the thread of its
script looks up once."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt
from typing import Any, Literal
from uuid import uuid4

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from playground.export.link import from_token, to_token
from playground.own.withheld import without_upload
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.runs import RunNotFound
from playground.runs.without_folders import without_folders
from playground.spec import ExperimentSpec, SpecError
from playground.web.classroom import Limits
from playground.web.history import History, Version
from playground.web.markup import quoted
from playground.web.security.owner import visitor
from playground.web.server import runs

Level = Literal["error", "note"]

_RUNS_KEPT = 8
_LINKS_KEPT = 8
_KEY = "values"
_NONCES_KEPT = 200
"""More than a browser can have in flight, even if a key repeats while the server is busy: unconfirmed edits are sent again."""

_WITHOUT_DATA = (
    "Opened without the data, which somebody else uploaded. Ask them for a link with their data (Share), or upload the data yourself."
)


@dataclass(frozen=True)
class Message:
    """A message to the visitor, shown at one position on the page."""

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
    """The spec that a visit starts with."""
    return next(iter(PRESETS.values())).spec


def spec() -> ExperimentSpec:
    """The spec being edited."""
    return _parsed(history().present.json)


def history() -> History:
    """The history of the spec."""
    return History.of(_values()["history"])


def revision() -> int:
    """Part of the key of every widget that shows the spec: a new number makes them all show the spec's values again."""
    return int(_values()["revision"])


def visit() -> str:
    """The unique id of this visit."""
    return str(_values()["visit"])


def owner() -> str:
    """The owner of what this visit starts and uploads: as long as the cookie lasts, or for this visit only."""
    known = visitor()
    if known and _values().get("owner") != known:
        _values()["owner"] = known
    return str(_values().get("owner") or _owner_of_visit(visit()))  # the browser may have left while the script runs


def edit(changed: ExperimentSpec, why: str, *, shown: bool = False) -> bool:
    """Sets a new version of the spec and clears earlier messages. why: what changed, as shown in "Undo: …". shown: whether the widgets show
    it already, since it came from one of them.

    Returns False, with a message and no change, if the link locks what would change."""
    refused = refusal(changed)
    if refused:
        refresh()
        set_message("address", f"Not applied. {refused}", "note")
        return False
    if may_read(changed):
        _keep(history().edited(changed.to_json(), why), shown=shown)
    else:
        _keep(history().edited(without_upload(changed).to_json(), why))
        set_message("address", _WITHOUT_DATA, "note")
    return True


def may_read(changed: ExperimentSpec) -> bool:
    """Whether this visit may use the uploaded data of a spec: it is their own, a link that was opened carries its owner's leave, or it is
    the data of a run whose address they have."""
    key = key_of(changed)
    if not key or key == key_of(spec()) or runs().access.may_read(key, owner(), links()):
        return True
    return any(key == key_of(runs().info(runs().resolve(address).run_id).spec) for address in runs_of_visit() if _exists(address))


def key_of(changed: ExperimentSpec) -> str:
    """The hash of the uploaded data of a spec, "" if it has none."""
    return str(getattr(changed.data, "key", ""))


def links() -> tuple[str, ...]:
    """What the links that this visit opened carry, so that it may read data of others."""
    return tuple(_values()["links"])


def limits() -> Limits:
    """What the opened link hides and locks."""
    return Limits(*(frozenset(names) for names in _values()["limits"]))


def allows(changed: ExperimentSpec) -> bool:
    """Whether the link allows these settings."""
    return refusal(changed) is None


def refusal(changed: ExperimentSpec) -> str | None:
    """Why the link does not allow these settings, as a sentence; None if it does."""
    kept = limits().kept(spec(), changed)
    return f"This link locks: {', '.join(kept)}." if kept else None


def undo() -> None:
    """Undoes the last edit."""
    _keep(history().undone())


def redo() -> None:
    """Redoes the edit that was undone last."""
    _keep(history().redone())


def turns() -> dict[str, str | None]:
    """The share tokens of the specs that undo and redo would lead to; None if there is nothing to undo or redo."""
    now = history()
    versions = {"undo": now.undone(), "redo": now.redone()}
    return {name: None if version == now else token(_parsed(version.present.json)) for name, version in versions.items()}


def refresh() -> None:
    """Makes every widget show the spec again, after one was set to an invalid value."""
    _values()["revision"] = revision() + 1


def _keep(changed: History, *, shown: bool = False) -> None:
    _values()["history"] = changed.plain()
    _values()["messages"] = {}
    if not shown:
        refresh()


def set_message(name: str, text: str, level: Level = "error") -> None:
    """Sets a message, kept until the next edit. name: where it is shown, such as "address" or the path of a setting."""
    _values()["messages"] = {**_values()["messages"], name: (without_folders(text), level)}


def clear_message(name: str) -> None:
    """Removes the message of this name."""
    _values()["messages"] = {other: plain for other, plain in _values()["messages"].items() if other != name}


def message(name: str) -> Message | None:
    """The message of this name, None if there is none."""
    plain = _values()["messages"].get(name)
    return None if plain is None else Message(*plain)


def run() -> str | None:
    """The address of the run on the screen, which allows controlling or only watching it; None for no run."""
    address = _values()["run"]
    return None if address is None else str(address)


def set_run(address: str | None) -> None:
    """Puts a run on the screen, or none."""
    if address is not None:
        _values()["runs"] = [address, *(other for other in runs_of_visit() if other != address)][:_RUNS_KEPT]
    _values()["run"] = address
    _values()["messages"] = {}


def runs_of_visit() -> tuple[str, ...]:
    """Addresses of the runs that were on the screen during this visit, newest first."""
    return tuple(_values()["runs"])


def forget_run(address: str) -> None:
    """Removes an earlier run from those of this visit; the run itself stays."""
    _values()["runs"] = [other for other in runs_of_visit() if other != address]


def leave_deleted_runs() -> None:
    """Removes runs that no longer exist from this visit and from the screen."""
    _values()["runs"] = [address for address in runs_of_visit() if _exists(address)]
    if run() is not None and not _exists(run()):
        _values()["run"] = None


def recall_runs(addresses: Sequence[str]) -> None:
    """Adds runs that the browser remembers from before a reload, after those of this visit. Runs that no longer exist are ignored."""
    known = runs_of_visit()
    found = [address for address in dict.fromkeys(addresses) if address not in known and _exists(address)]
    for address in found:
        _claim(address, owner())
    _values()["runs"] = [*known, *found][:_RUNS_KEPT]


def picked_network() -> str | None:
    """The network chosen for drawing and explaining; None if none was chosen since the run on the screen changed."""
    address, at_run = _values().get("picked_network", (None, None))
    return address if address is not None and at_run == run() else None


def pick_network(address: str) -> None:
    """Chooses a network, until the run on the screen changes."""
    _values()["picked_network"] = (address, run())


def choice(name: str, default: Any) -> Any:
    """The choice stored under this name. Unlike a widget's value, it is kept while another page is open."""
    return _values().get("choices", {}).get(name, default)


def choose(name: str, value: Any) -> None:
    """Stores a choice under this name."""
    _values()["choices"] = {**_values().get("choices", {}), name: value}


def pick(name: str, value: Any) -> None:
    """Stores a choice, and makes the widget with this key show it. Only in callbacks, which run before the page."""
    choose(name, value)
    st.session_state[name] = value


def begin_with(name: str, value: Any) -> None:
    """Makes the widget with this key begin with a value, although its own default is to be empty. Before the widget."""
    st.session_state.setdefault(name, value)


def drawing() -> NDArray[np.uint8] | None:
    """The latest drawing, as it came from the canvas: a square (side, side), 255 = ink; None for a clear canvas."""
    kept = _values().get("drawing")
    if kept is None:
        return None
    ink = np.frombuffer(kept, np.uint8)
    return ink.reshape(isqrt(ink.size), -1)


def set_drawing(ink: NDArray[np.uint8] | None) -> None:
    """ink: a square (side, side), 255 = ink; None for a clear canvas."""
    _values()["drawing"] = None if ink is None else np.ascontiguousarray(ink, np.uint8).tobytes()


def widget(key: str) -> Any:
    """The value of the widget with this key; None if there is none."""
    return st.session_state.get(key)


def component_value(key: str, name: str) -> Any:
    """The value that the component with this key sent under this name; None if none."""
    return (st.session_state.get(key) or {}).get(name)


def first_time(nonce: str) -> bool:
    """Whether this message from the browser is new: after a lost connection, one may arrive twice."""
    seen: list[str] = _values().get("nonces", [])
    _values()["nonces"] = [*seen, nonce][-_NONCES_KEPT:]
    return nonce not in seen


def nonces() -> list[str]:
    """Nonces of the latest edits received from the browser."""
    return list(_values().get("nonces", []))


def set_edit_error(text: str, path: str | None) -> None:
    """Sets what was wrong with an edit of the network, kept until the next edit. path: of the layer; None for the whole network."""
    set_message("network", text)
    _values()["edit_error_path"] = path


def edit_error() -> dict[str, Any] | None:
    """{"text", "path"} of the last edit of the network if it failed."""
    error = message("network")
    return None if error is None else {"text": error.text, "path": _values().get("edit_error_path")}


def preview_seed() -> int:
    """Seed of the random changes in the augmentation preview."""
    return int(_values().get("preview_seed", 0))


def next_preview() -> None:
    """Shows other random changes in the augmentation preview."""
    _values()["preview_seed"] = preview_seed() + 1


def spec_in_address() -> str | None:
    """The token for the address; None if the address opens this spec without one."""
    return None if spec() == _opened_without_token(run()) else token(spec())


def mirror() -> None:
    """Writes the run and the link's limits into the address, and the spec if it is not there yet. Each write adds an entry to the browser's
    history; therefore the network editor writes later versions of the spec itself, replacing the address."""
    wanted = {"run": run(), "spec": spec_in_address(), **limits().address()}
    absent = [name for name, value in wanted.items() if value is None and name in st.query_params]
    missing = {name: value for name, value in wanted.items() if value is not None and name not in st.query_params}
    if wanted["run"] is not None and st.query_params.get("run") != wanted["run"]:
        missing["run"] = wanted["run"]
    if missing or absent:
        kept = {name: value for name, value in st.query_params.to_dict().items() if name not in absent}
        changed = {name: value for name, value in wanted.items() if value is not None}
        st.query_params.from_dict({**kept, **changed})


class _Thread(threading.local):
    """The values of the visit that a script's thread serves; None until they are looked up."""

    values: dict[str, Any] | None = None


_THREAD = _Thread()


def _values() -> dict[str, Any]:
    if _THREAD.values is None:
        if _KEY not in st.session_state:
            st.session_state[_KEY] = _opened()
        _THREAD.values = st.session_state[_KEY]
    return _THREAD.values


def _opened() -> dict[str, Any]:
    """What the address of a new visit opens. Without a spec in it, or with a broken one, which is reported, the first preset."""
    visit = uuid4().hex
    messages: dict[str, tuple[str, Level]] = {}
    allowed, unknown = Limits.read(*(",".join(st.query_params.get_all(name)) for name in ("hide", "lock")))
    if unknown:
        messages["address"] = (f"This link hides or locks unknown parts of the page: {quoted(', '.join(unknown)[:200])}.", "note")
    links, address = st.query_params.get_all("spec"), st.query_params.get("run")
    if address:
        try:
            _claim(address, visitor() or _owner_of_visit(visit))
        except RunNotFound as error:
            messages["address"] = (f"{error} You can train the settings below instead.", "error")
            address = None
    opened = _opened_without_token(address or None)
    leaves = st.query_params.get_all("access")[-_LINKS_KEPT:]
    if links and links[-1]:
        try:
            linked = _only(links)
            if key_of(linked) in ("", key_of(opened)) or runs().access.may_read(
                key_of(linked), visitor() or _owner_of_visit(visit), leaves
            ):
                opened = linked
            else:
                opened = without_upload(linked)
                messages["address"] = (_WITHOUT_DATA, "note")
        except SpecError as error:
            text = f"This link cannot be opened. {_sentence(error)} You can continue with the settings below."
            messages["address"] = (text, "error")
    return {
        "visit": visit,
        "history": History(Version(opened.to_json())).plain(),
        "revision": 0,
        "messages": messages,
        "links": leaves,
        "limits": (sorted(allowed.hidden), sorted(allowed.locked)),
        "run": address or None,
        "runs": [address] if address else [],
    }


def _owner_of_visit(visit: str) -> str:
    return f"v{visit}"


def _claim(address: object, owner: str) -> None:
    """Gives a run that belongs to nobody yet to this owner, who opens it by its control address. Raises: RunNotFound."""
    run = runs().resolve(address)
    if run.control:
        runs().claim(run.run_id, owner)


def _exists(address: object) -> bool:
    try:
        runs().resolve(address)
    except RunNotFound:
        return False
    return True


def _only(tokens: list[str]) -> ExperimentSpec:
    """The spec of these tokens. Raises: SpecError if they differ, or are invalid."""
    if len(set(tokens)) > 1:
        raise SpecError(f"link: contains {len(set(tokens))} experiments, as if two links had been joined; copy one of them again")
    return from_token(tokens[-1])


def _opened_without_token(address: str | None) -> ExperimentSpec:
    """What an address without `?spec=` opens: the run's spec, or the first preset."""
    if address is None:
        return default_spec()
    try:
        return runs().info(runs().resolve(address).run_id).spec
    except RunNotFound:
        return default_spec()


def _sentence(error: Exception) -> str:
    text = str(error).split("\n")[0]
    return f"{text[:1].upper()}{text[1:]}."
