"""Stores what has changed in the runs that a server has in memory."""

import threading
from enum import Enum, auto
from typing import Any

from playground.artifacts.disk_space import folder_bytes
from playground.runs.database import StoreError
from playground.runs.info import RunState
from playground.runs.live import LiveRun
from playground.runs.overview import result, sparkline
from playground.runs.store import Store


class Saved(Enum):
    """lost: the run has been deleted, or another server has taken it over."""

    NOTHING = auto()
    WRITTEN = auto()
    LOST = auto()


def save(run: LiveRun, lock: threading.RLock, store: Store, server: str, with_views: bool) -> Saved:
    """Writes what is new since the last time, if anything is; called by one thread, without the lock under which runs change.

    server: the name of this one. with_views: also those of a run that goes on.
    Raises: StoreError if the database refuses; what was to be written is written the next time."""
    with lock:
        if run.is_written or not run.is_stored:
            return Saved.NOTHING
        state, message, advice, numbers, spec = run.state, run.text, run.advice, run.numbers.current, run.spec
        run.is_written = True
    news, cursor = run.timeline.delta(run.written)
    rests = state is RunState.PAUSED or state.ended
    views = [view for view in run.timeline.views.values() if (rests or with_views) and run.stored_views.get(view.name) != view.step]
    described: dict[str, Any] = (
        {"result": result(run.timeline.declared, numbers), "sparkline": sparkline(run.timeline), "bytes": folder_bytes(run.directory)}
        if rests
        else {}
    )
    if run.stored_spec is not spec:
        described["spec"] = spec.to_json()
    try:
        is_ours = store.write(run.id, state, message, advice, numbers, news, views, run.resumes, described, server)
    except StoreError:
        run.is_written = False
        raise
    run.written, run.stored_spec = cursor, spec
    run.stored_views |= {view.name: view.step for view in views}
    return Saved.WRITTEN if is_ours else Saved.LOST
