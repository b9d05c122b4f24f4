"""Stored runs: ended runs of this server, and runs of other servers."""

import threading
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from playground.parsing import parse_spec
from playground.runs.info import RunInfo, RunNotFound, RunState
from playground.runs.mirror import Mirror
from playground.runs.overview import Overview, Standing, chosen_name, named, result, sparkline, summary
from playground.runs.status import Numbers
from playground.runs.store import Store, StoredRun
from playground.runs.timeline import Timeline
from playground.spec import SpecError
from playground.training.declarations import NOTHING, Declarations, declarations

_TIMELINES = 16


class Archive:
    """Reads the store, and caches the timelines of ended runs, which take a moment to rebuild."""

    def __init__(self, store: Store, runs: Path) -> None:
        self._store = store
        self._runs = runs
        self._lock = threading.Lock()
        self._timelines: LRUCache[str, Timeline] = LRUCache(_TIMELINES)

    def holds(self, run_id: str) -> bool:
        return self._store.get(run_id) is not None

    def info(self, run_id: str) -> RunInfo:
        """Raises: RunNotFound."""
        info = self._info(self._get(run_id))
        if info is None:
            raise RunNotFound
        return info

    def status(self, run_id: str) -> dict[str, Any]:
        """Raises: RunNotFound."""
        run = self._get(run_id)
        return {
            "state": run.state.value,
            "message": run.message,
            "advice": list(run.advice),
            **dict.fromkeys(Numbers(0).current),
            **run.numbers,
            "queue_position": None,
            "starts_in": None,
            "turns_with": 0,
            "gives_way": False,
        }

    def timeline(self, run_id: str) -> Timeline:
        """Raises: RunNotFound."""
        with self._lock:
            if run_id in self._timelines:
                return self._timelines[run_id]
        run = self._get(run_id)
        timeline = self.rebuilt(run)
        if run.state.ended:
            with self._lock:
                timeline = self._timelines.setdefault(run_id, timeline)
        return timeline

    def rebuilt(self, run: StoredRun) -> Timeline:
        """A timeline of the caller's own."""
        return Timeline.rebuilt(self._store.parts(run.id), self._store.views(run.id), declared=_declared(run))

    def mirror(self, run_id: str) -> Mirror:
        """The timeline of a run that another server computes. Raises: RunNotFound."""
        return Mirror(run_id, self._store, _declared(self._get(run_id)))

    def forget(self, run_id: str) -> None:
        """Drops the cached timeline of a run that continues or has been deleted."""
        with self._lock:
            self._timelines.pop(run_id, None)

    def recent(self, limit: int, owner: str | None = None) -> list[RunInfo]:
        """The newest first. owner: only their runs. Runs whose spec only a later version of the playground can read are left out."""
        return [info for run in self._store.recent(limit, owner) if (info := self._info(run)) is not None]

    def overviews(self, owner: str, limit: int) -> list[Overview]:
        """The runs of an owner for a list, the newest first. Describes those of earlier versions, and those that ended with their server.
        Runs whose spec only a later version of the playground can read are left out."""
        described = map(self._described, self._store.overviews(owner, limit))
        return [overview for overview in described if overview is not None]

    def standing(self, run_id: str) -> Standing:
        """Raises: RunNotFound."""
        overview = self._store.overview(run_id)
        if overview is None:
            raise RunNotFound
        return overview.standing

    def _described(self, overview: Overview) -> Overview | None:
        standing = overview.standing
        rests = standing.state == RunState.PAUSED or RunState(standing.state).ended
        if overview.name and (standing.sparkline is not None or not rests):
            return overview
        try:
            run = self._get(overview.id)
            spec = parse_spec(run.spec)
        except (RunNotFound, SpecError):
            return None
        timeline = self.rebuilt(run)
        columns = {
            "name": overview.name or named("", spec),
            "summary": summary(spec),
            "result": result(timeline.declared, run.numbers),
            "sparkline": sparkline(timeline),
        }
        self._store.describe(run.id, **columns)
        return self._store.overview(run.id)

    def _get(self, run_id: str) -> StoredRun:
        run = self._store.get(run_id)
        if run is None:
            raise RunNotFound
        return run

    def _info(self, run: StoredRun) -> RunInfo | None:
        try:
            spec = parse_spec(run.spec)
        except SpecError:
            return None
        return RunInfo(
            run.id, spec, run.state, None, run.message, run.advice, run.created, self._runs / run.id, owner=run.owner,
            given_name=chosen_name(run.name, spec), branch=run.branch,
        )  # fmt: skip


def _declared(run: StoredRun) -> Declarations:
    """What a run declares by its spec: for runs of versions that did not store it."""
    try:
        return declarations(parse_spec(run.spec))
    except SpecError:
        return NOTHING
