"""The spec being edited, with its history. Every change goes through `edit`."""

from functools import lru_cache

from playground.export.link import to_token
from playground.network.changing import without_stale
from playground.own.withheld import without_upload
from playground.parsing import parse_spec
from playground.spec import ExperimentSpec
from playground.web.history import History
from playground.web.server import runs
from playground.web.session.messages import clear_messages, set_message
from playground.web.session.opening import WITHOUT_DATA, key_of, run_exists
from playground.web.session.rooms import room_limits
from playground.web.session.shown_runs import runs_of_visit
from playground.web.session.values import values
from playground.web.session.who import link_limits, links, owner


@lru_cache(maxsize=256)
def _parsed(json: str) -> ExperimentSpec:
    return parse_spec(json)


@lru_cache(maxsize=256)
def token(spec: ExperimentSpec) -> str:
    """The spec's share token."""
    return to_token(spec)


def spec() -> ExperimentSpec:
    """The spec being edited."""
    return _parsed(history().present.json)


def history() -> History:
    """The history of the spec."""
    return History.of(values()["history"])


def revision() -> int:
    """Part of the key of every widget that shows the spec: a new number makes them all show the spec's values again."""
    return int(values()["revision"])


def refresh() -> None:
    """Makes every widget show the spec again, after one was set to an invalid value."""
    values()["revision"] = revision() + 1


def edit(changed: ExperimentSpec, why: str, *, shown: bool = False) -> bool:
    """Sets a new version of the spec and clears earlier messages. why: what changed, as shown in "Undo: …". shown: whether the widgets show
    it already, since it came from one of them.

    Returns False, with a message and no change, if the link or the teacher of the room locks what would change."""
    changed = without_stale(spec(), changed)
    refused = refusal(changed)
    if refused:
        refresh()
        set_message("address", f"Not applied. {refused}", "note")
        return False
    if may_read(changed):
        _keep(history().edited(changed.to_json(), why), shown=shown)
    else:
        _keep(history().edited(without_upload(changed).to_json(), why))
        set_message("address", WITHOUT_DATA, "note")
    return True


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


def receive(changed: ExperimentSpec, why: str) -> None:
    """Sets a spec that comes from the teacher of the room, whatever is locked."""
    _keep(history().edited((changed if may_read(changed) else without_upload(changed)).to_json(), why))


def allows(changed: ExperimentSpec) -> bool:
    """Whether the link, and the teacher of the room, allow these settings."""
    return refusal(changed) is None


def refusal(changed: ExperimentSpec) -> str | None:
    """Why the link or the teacher of the room does not allow these settings, as a sentence; None if they do."""
    for locked, who in ((link_limits(), "This link locks"), (room_limits(owner()), "Your teacher has locked")):
        if parts := locked.kept(spec(), changed):
            return f"{who}: {', '.join(parts)}."
    return None


def may_read(changed: ExperimentSpec) -> bool:
    """Whether this visit may use the uploaded data of a spec: it is their own, a link they opened carries the owner's permission, or it is
    the data of a run whose address they have."""
    key = key_of(changed)
    if not key or key == key_of(spec()) or runs().access.may_read(key, owner(), links()):
        return True
    return any(key == key_of(runs().info(runs().resolve(address).run_id).spec) for address in runs_of_visit() if run_exists(address))


def _keep(changed: History, *, shown: bool = False) -> None:
    values()["history"] = changed.plain()
    clear_messages()
    if not shown:
        refresh()
