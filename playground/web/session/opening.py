"""What the address of a new visit opens: a run, a spec, and what the link hides and locks."""

from typing import Any, Literal
from uuid import uuid4

import streamlit as st

from playground.export.link import from_token
from playground.own.withheld import without_upload
from playground.presets import PRESETS
from playground.runs import RunNotFound
from playground.spec import ExperimentSpec, SpecError
from playground.web.classroom import Limits
from playground.web.history import History, Version
from playground.web.markup import quoted
from playground.web.security.owner import visitor
from playground.web.server import runs

Level = Literal["error", "note"]

WITHOUT_DATA = (
    "Opened without the data, which someone else uploaded. Ask them for a link that includes the data (Share), or upload it yourself."
)

_LINKS_KEPT = 8


def default_spec() -> ExperimentSpec:
    """The spec that a visit starts with."""
    return next(iter(PRESETS.values())).spec


def opened() -> dict[str, Any]:
    """The values of a new visit. Its spec is the one in the address; the first preset if there is none, or one that is broken."""
    visit = uuid4().hex
    owner = visitor() or owner_of_visit(visit)
    messages: dict[str, tuple[str, Level]] = {}
    allowed, unknown = Limits.read(*(",".join(st.query_params.get_all(name)) for name in ("hide", "lock")))
    if unknown:
        messages["address"] = (f"This link hides or locks unknown parts of the page: {quoted(', '.join(unknown)[:200])}.", "note")
    tokens, address = st.query_params.get_all("spec"), st.query_params.get("run")
    if address:
        try:
            claim(address, owner)
        except RunNotFound as error:
            messages["address"] = (f"{error} You can train the settings below instead.", "error")
            address = None
    spec = spec_of_address(address or None)
    links = st.query_params.get_all("access")[-_LINKS_KEPT:]
    if tokens and tokens[-1]:
        try:
            linked = _only(tokens)
            if key_of(linked) in ("", key_of(spec)) or runs().access.may_read(key_of(linked), owner, links):
                spec = linked
            else:
                spec = without_upload(linked)
                messages["address"] = (WITHOUT_DATA, "note")
        except SpecError as error:
            text = f"This link cannot be opened. {_sentence(error)} You can continue with the settings below."
            messages["address"] = (text, "error")
    return {
        "visit": visit,
        "history": History(Version(spec.to_json())).plain(),
        "revision": 0,
        "messages": messages,
        "links": links,
        "limits": (sorted(allowed.hidden), sorted(allowed.locked)),
        "run": address or None,
        "runs": [address] if address else [],
    }


def owner_of_visit(visit: str) -> str:
    """The owner of a visit whose browser sends no cookie."""
    return f"v{visit}"


def key_of(spec: ExperimentSpec) -> str:
    """The hash of the uploaded data of a spec, "" if it has none."""
    return str(getattr(spec.data, "key", ""))


def claim(address: object, owner: str) -> None:
    """Gives a run that belongs to nobody yet to this owner, who opens it by its control address. Raises: RunNotFound."""
    run = runs().resolve(address)
    if run.control:
        runs().claim(run.run_id, owner)


def run_exists(address: object) -> bool:
    """Whether this is the address of a run."""
    try:
        runs().resolve(address)
    except RunNotFound:
        return False
    return True


def spec_of_address(address: str | None) -> ExperimentSpec:
    """What an address without `?spec=` opens: the run's spec, or the first preset."""
    if address is None:
        return default_spec()
    try:
        return runs().info(runs().resolve(address).run_id).spec
    except RunNotFound:
        return default_spec()


def _only(tokens: list[str]) -> ExperimentSpec:
    """The spec of these tokens. Raises: SpecError if they differ, or are invalid."""
    if len(set(tokens)) > 1:
        raise SpecError(f"link: contains {len(set(tokens))} experiments, as if two links had been joined; copy one of them again")
    return from_token(tokens[-1])


def _sentence(error: Exception) -> str:
    text = str(error).split("\n")[0]
    return f"{text[:1].upper()}{text[1:]}."
