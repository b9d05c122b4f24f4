"""Stores what has changed in the runs that a server has in memory."""

import threading

from playground.runs.info import RunState
from playground.runs.live import LiveRun
from playground.runs.overview import result, sparkline
from playground.runs.store import Store, StoreError


def save(run: LiveRun, lock: threading.RLock, store: Store) -> None:
    """Writes what is new since the last time, if anything is; called by one thread, without the lock under which runs change.

    Raises: StoreError if the database refuses; what was to be written is written the next time."""
    with lock:
        if run.is_written or not run.is_stored:
            return
        state, message, advice, numbers = run.state, run.text, run.advice, run.numbers.current
        run.is_written = True
    news, cursor = run.timeline.delta(run.written)
    rests = state is RunState.PAUSED or state.ended
    views = run.timeline.views.values() if rests else ()
    described = {"result": result(run.timeline.declared, numbers), "sparkline": sparkline(run.timeline)} if rests else None
    try:
        store.write(run.id, state, message, advice, numbers, news, views, run.resumes, described)
    except StoreError:
        run.is_written = False
        raise
    run.written = cursor
