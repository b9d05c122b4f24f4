"""The list of the visitor's runs, what will be deleted of it, and what to do with a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from playground.artifacts.storage import StorageError
from playground.rooms import RoomError
from playground.runs import RunNotFound
from playground.runs.addresses import read_address
from playground.runs.database import StoreError
from playground.runs.overview import Overview
from playground.web import own_runs, session
from playground.web.components.my_runs import my_runs
from playground.web.forms import message
from playground.web.links import page_link
from playground.web.panels.runs_compare import MOST_COMPARED, choose
from playground.web.run_limits import RunLimitError
from playground.web.server import runs

_LIST = "my_runs"
_MESSAGE, _LEAVING = "runs", "runs.leaving"


def listed() -> tuple[Overview, ...]:
    """The runs of this visitor, the newest first; none, with a message, if they cannot be read."""
    try:
        return numbered(runs().overviews(session.owner(), own_runs.MOST_LISTED))
    except StoreError as error:
        st.error(f"Your runs cannot be read at the moment. {error}", icon=":material/error:")
        return ()


def numbered(overviews: Sequence[Overview]) -> tuple[Overview, ...]:
    """Runs, the newest first, of which those with the same name are told apart by numbers: "Small CNN", then "Small CNN (2)"."""
    counts: Counter[str] = Counter()
    told: list[Overview] = []
    for each in reversed(overviews):
        counts[each.name] += 1
        count = counts[each.name]
        told.append(each if count == 1 else replace(each, name=f"{each.name} ({count})"))
    return tuple(reversed(told))


def announced(overviews: Sequence[Overview]) -> None:
    """Which runs will be deleted because of the server's limits, and what to do about it."""
    dates = sorted(overview.delete_after for overview in overviews if overview.delete_after is not None)
    if not dates:
        return
    count = f"{len(dates)} of your runs" if len(dates) > 1 else "One of your runs"
    when = f"on {_day(dates[0])}" if _day(dates[0]) == _day(dates[-1]) else f"between {_day(dates[0])} and {_day(dates[-1])}"
    st.warning(
        f"{count} will be deleted {when}, because this server keeps runs for a limited time or within a limited space. Open a run and "
        f"use Export to download what you want to keep.",
        icon=":material/auto_delete:",
    )


def rows(overviews: Sequence[Overview]) -> bool:
    """The list. Returns whether the visitor wants to go to the playground."""
    message(_MESSAGE)
    if overviews:
        my_runs(overviews, key=_LIST, most_compared=MOST_COMPARED, on_asked_change=_asked)
        if len(overviews) == own_runs.MOST_LISTED:
            st.caption(f"These are your newest {own_runs.MOST_LISTED:,} runs. Delete some to see older ones.")
    else:
        with st.container(key="pg-no-runs"):
            st.markdown("**No runs yet.** Every network that you train is listed here, with its curve and its result.")
            with st.container(horizontal=True, gap="small"):
                page_link("home", "Choose an experiment", "home")
                page_link("playground", "Open the playground", "hub")
    leaving = bool(session.choice(_LEAVING, False))
    session.choose(_LEAVING, False)
    return leaving


def open_run(run_id: str) -> None:
    """Puts a run on the screen with its settings, by the address that this visit has of it. Raises: RunNotFound if it is not the
    visitor's."""
    info = own_runs.owned(session.owner(), run_id)
    known = next((address for address in session.runs_of_visit() if read_address(address).run_id == info.id), info.id)
    session.set_run(known)
    if session.allows(info.spec):
        session.edit(info.spec, "open a run with its settings")
    session.choose(_LEAVING, True)


def _asked() -> None:
    """What the visitor asked for."""
    asked = session.component_value(_LIST, "asked")
    if not isinstance(asked, dict) or not session.first_time(str(asked.get("nonce"))):
        return
    run_ids = [str(run_id) for run_id in asked.get("runs", ())][: own_runs.MOST_LISTED]
    session.clear_message(_MESSAGE)
    try:
        _do(str(asked.get("do")), run_ids, str(asked.get("name", "")))
    except RunNotFound:
        session.set_message(_MESSAGE, "This run no longer exists, or it is not yours.")
    except (RunLimitError, StoreError, StorageError, RoomError) as error:
        session.set_message(_MESSAGE, str(error))


def _do(what: str, run_ids: list[str], name: str) -> None:
    """Raises: RunNotFound for a run of somebody else; RunLimitError; StoreError; StorageError; RoomError."""
    owner = session.owner()
    match what, run_ids:
        case "open", [run_id]:
            open_run(run_id)
        case "reuse", [run_id]:
            _reuse(run_id)
        case "rename", [run_id]:
            own_runs.rename(owner, run_id, name)
        case "resume", _:
            for run_id in run_ids:
                own_runs.resume(owner, run_id)
        case "compare", _:
            choose(run_ids)
        case "delete", _:
            problems = own_runs.delete(owner, run_ids)
            session.leave_deleted_runs()
            if problems:
                session.set_message(_MESSAGE, "\n".join(problems))


def _reuse(run_id: str) -> None:
    """Starts a new experiment with the settings of a run."""
    spec = own_runs.owned(session.owner(), run_id).spec
    if refused := session.refusal(spec):
        session.set_message(_MESSAGE, f"These settings cannot be used. {refused}")
        return
    session.set_run(None)
    session.edit(spec, "reuse the settings of a run")
    session.choose(_LEAVING, True)


def _day(time: datetime) -> str:
    return f"{time:%B} {time.day}"
