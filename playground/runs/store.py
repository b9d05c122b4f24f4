"""What the database says of runs: as they were last written, their series and views, and when they will be deleted."""

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import and_, delete, func, not_, or_, select, update

from playground.runs.database import Database
from playground.runs.info import Branch, RunState
from playground.runs.overview import Overview, Sparkline, Standing
from playground.runs.retention import EndedRun
from playground.runs.tables import DeletedRun, Metrics, Run, StoredView, utc
from playground.training.events import View

_ENDED = tuple(state.value for state in RunState if state.ended)
_GOING = (RunState.QUEUED.value, RunState.STARTING.value, RunState.RUNNING.value)

_OVERVIEW = (
    Run.id, Run.created, Run.state, Run.message, Run.numbers, Run.name, Run.summary, Run.result, Run.sparkline, Run.delete_after,
)  # fmt: skip
_DELETED_KEPT = timedelta(days=365)
"""For how long a server may be away and still learn which runs have been deleted meanwhile."""


@dataclass(frozen=True)
class StoredRun:
    """A run as last written. spec: JSON. numbers: as in `Numbers.current`. server: the name of its server. owner: "" if it belongs to
    nobody yet. resumes: as in `LiveRun`. name, summary: as in `Overview`, None if not known yet. branch: as in `RunInfo`. Times are
    in UTC."""

    id: str
    created: datetime
    server: str
    spec: str
    state: RunState
    message: str = ""
    advice: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    resumes: int = 0
    name: str | None = None
    summary: str | None = None
    branch: Branch | None = None


class Store(Database):
    """The database of runs. Safe to use from any thread.

    Raises (every method): StoreError if the database refuses."""

    def add(self, run: StoredRun) -> None:
        """A new run."""
        with self.session() as session:
            session.add(
                Run(
                    id=run.id, created=run.created, updated=run.created, server=run.server, state=run.state.value, message=run.message,
                    advice=list(run.advice), spec=run.spec, numbers=dict(run.numbers), owner=run.owner or None,
                    name=run.name, summary=run.summary, branched_from=run.branch and run.branch.run_id,
                    branched_at=run.branch and run.branch.step,
                )
            )  # fmt: skip

    def write(
        self,
        run_id: str,
        state: RunState,
        message: str,
        advice: Sequence[str],
        numbers: Mapping[str, Any],
        news: Mapping[str, Any] | None = None,
        views: Iterable[View] = (),
        resumes: int = 0,
        described: Mapping[str, Any] | None = None,
        server: str | None = None,
    ) -> bool:
        """Updates a run. Returns whether there is such a run. described: other columns, such as what a list says of it. news: a message of
        `Timeline.delta`; "history" replaces the stored rows, "append" adds to them; the number of a part is never used again. server: only
        if this is still the one that computes it."""
        with self.session() as session:
            changed = session.execute(
                update(Run)
                .where(Run.id == run_id, *([] if server is None else [Run.server == server]))
                .values(
                    state=state.value,
                    message=message,
                    advice=list(advice),
                    numbers=dict(numbers),
                    resumes=resumes,
                    updated=datetime.now(UTC),
                    **(described or {}),
                )
            )
            if not _affected(changed):
                return False  # it has been deleted, or another server has taken it over
            for view in views:
                content = zlib.compress(np.ascontiguousarray(view.values, dtype="<f4").tobytes())
                session.merge(StoredView(run_id=run_id, name=view.name, step=view.step, shape=list(view.values.shape), values=content))
            if news is None or not ("declared" in news or any(rows["step"] for rows in news["series"].values())):
                return True
            last = session.scalar(select(func.max(Metrics.part)).where(Metrics.run_id == run_id))
            part = 0 if last is None else last + 1
            if news["type"] == "history":
                session.execute(delete(Metrics).where(Metrics.run_id == run_id))
            session.add(
                Metrics(
                    run_id=run_id,
                    part=part,
                    series=_packed(news["series"] | ({"declared": news["declared"]} if "declared" in news else {})),
                )
            )
        return True

    def get(self, run_id: str) -> StoredRun | None:
        with self.session() as session:
            row = session.get(Run, run_id)
            return None if row is None else _stored(row)

    def recent(self, limit: int, owner: str | None = None) -> list[StoredRun]:
        """The newest first. owner: only their runs."""
        query = select(Run).order_by(Run.created.desc(), Run.id).limit(limit)
        with self.session() as session:
            return [_stored(row) for row in session.scalars(query if owner is None else query.where(Run.owner == owner))]

    def overviews(self, owner: str, limit: int) -> list[Overview]:
        """The runs of an owner, the newest first. Its name is empty if a run has not been described yet."""
        query = select(*_OVERVIEW).where(Run.owner == owner).order_by(Run.created.desc(), Run.id).limit(limit)
        with self.session() as session:
            return [_overview(row) for row in session.execute(query)]

    def overviews_of(self, run_ids: Collection[str]) -> list[Overview]:
        """Of these runs, in no order."""
        with self.session() as session:
            return [_overview(row) for row in session.execute(select(*_OVERVIEW).where(Run.id.in_(run_ids)))]

    def overview(self, run_id: str) -> Overview | None:
        with self.session() as session:
            row = session.execute(select(*_OVERVIEW).where(Run.id == run_id)).one_or_none()
            return None if row is None else _overview(row)

    def describe(self, run_id: str, **columns: Any) -> None:
        """Sets what a list says of a run: name, summary, result, sparkline."""
        with self.session() as session:
            session.execute(update(Run).where(Run.id == run_id).values(**columns))

    def claim(self, run_id: str, owner: str) -> None:
        """Gives the run to this owner, if it belongs to nobody yet."""
        with self.session() as session:
            session.execute(update(Run).where(Run.id == run_id, Run.owner.is_(None)).values(owner=owner))

    def hand_over(self, before: str, after: str) -> None:
        """Gives all runs of one owner to another."""
        with self.session() as session:
            session.execute(update(Run).where(Run.owner == before).values(owner=after))

    def ids(self, owner: str) -> list[str]:
        """Of all runs of an owner."""
        with self.session() as session:
            return list(session.scalars(select(Run.id).where(Run.owner == owner)))

    def sizes(self, owner: str) -> dict[str, int]:
        """The bytes of all runs of an owner when they last rested; 0 if they never have."""
        with self.session() as session:
            return {run_id: size or 0 for run_id, size in session.execute(select(Run.id, Run.bytes).where(Run.owner == owner))}

    def going(self, owner: str, besides: str) -> int:
        """How many runs of an owner train or want to, besides those of a server."""
        query = select(func.count()).where(Run.owner == owner, Run.state.in_(_GOING), Run.server != besides)
        with self.session() as session:
            return session.scalar(query) or 0

    def ended(self) -> list[EndedRun]:
        """Runs that have ended, without the size of their files."""
        query = select(Run.id, Run.updated, Run.delete_after).where(Run.state.in_(_ENDED))
        with self.session() as session:
            return [EndedRun(run_id, utc(updated), None, after and utc(after)) for run_id, updated, after in session.execute(query)]

    def announce(self, announced: Mapping[str, datetime]) -> None:
        """Says when runs will be deleted. Announcements that are not among these are withdrawn."""
        with self.session() as session:
            rows = session.execute(select(Run.id, Run.delete_after).where(Run.delete_after.is_not(None)))
            before = {run_id: utc(after) for run_id, after in rows if after is not None}
            for run_id in {**before, **announced}:
                if announced.get(run_id) != before.get(run_id):
                    session.execute(update(Run).where(Run.id == run_id).values(delete_after=announced.get(run_id)))

    def announced(self, owner: str | None = None) -> dict[str, datetime]:
        """When runs will be deleted, the first one first. owner: only their runs."""
        query = select(Run.id, Run.delete_after).where(Run.delete_after.is_not(None)).order_by(Run.delete_after)
        with self.session() as session:
            rows = session.execute(query if owner is None else query.where(Run.owner == owner))
            return {run_id: utc(after) for run_id, after in rows if after is not None}

    @contextmanager
    def deleting(self, run_id: str, server: str = "") -> Iterator[bool]:
        """Deletes the rows of a run that has ended, unless the `with` block raises. Gives whether there was such a run. server: of its
        runs, also one that is not stored as ended yet."""
        of_one = delete(Run).where(Run.id == run_id, or_(Run.state.in_(_ENDED), Run.server == server))
        now = datetime.now(UTC)
        with self.session() as session:
            was_there = _affected(session.execute(of_one)) > 0
            if was_there:
                session.execute(delete(DeletedRun).where(DeletedRun.deleted < now - _DELETED_KEPT))
                session.add(DeletedRun(id=run_id, deleted=now))
            yield was_there

    def deleted(self) -> set[str]:
        """The ids of runs that have been deleted."""
        with self.session() as session:
            return set(session.scalars(select(DeletedRun.id)))

    def parts(self, run_id: str) -> list[dict[str, Any]]:
        """A run's series, in the parts in which they were written, the first with what the run declared, for `Timeline.rebuilt`."""
        return [part for _, part in self.numbered_parts(run_id)[1]]

    def numbered_parts(self, run_id: str, after: int = -1) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
        """The number of the first part, another one if all were replaced, and those parts that have a higher number than `after`."""
        of_run = Metrics.run_id == run_id
        first = select(func.min(Metrics.part)).where(of_run).scalar_subquery()
        query = select(Metrics.part, Metrics.series, first.label("first")).where(of_run, Metrics.part > after).order_by(Metrics.part)
        with self.session() as session:
            rows = session.execute(query).all()
        return rows[0].first if rows else -1, [(row.part, _unpacked(row.series)) for row in rows]

    def views(self, run_id: str, besides: Mapping[str, int] | None = None) -> list[View]:
        """The views stored for a run. besides: not those that were made after these steps."""
        query = select(StoredView).where(StoredView.run_id == run_id)
        known = [and_(StoredView.name == name, StoredView.step == step) for name, step in (besides or {}).items()]
        with self.session() as session:
            rows = session.scalars(query.where(not_(or_(*known))) if known else query).all()
            return [_unpacked_view(row) for row in rows]

    def interrupt(self, is_gone: Callable[[str], bool], message: str) -> int:
        """Marks the runs that servers which are gone were training, or were to train, as interrupted; paused ones stay paused. Returns how
        many."""
        with self.session() as session:
            servers = session.scalars(select(Run.server).where(Run.state.in_(_GOING)).distinct()).all()
            gone = [server for server in servers if is_gone(server)]
            interrupted = update(Run).where(Run.state.in_(_GOING), Run.server.in_(gone))
            return _affected(session.execute(interrupted.values(state=RunState.INTERRUPTED.value, message=message, advice=[])))

    def interrupted(self, most_resumes: int) -> list[str]:
        """The ids of interrupted runs that have been resumed less often without new progress, the oldest first."""
        waiting = select(Run.id).where(Run.state == RunState.INTERRUPTED.value, Run.resumes < most_resumes).order_by(Run.created, Run.id)
        with self.session() as session:
            return list(session.scalars(waiting))

    def take_over(self, run: StoredRun, server: str) -> bool:
        """Makes this server the one that continues a run. Whether it is; not if another server was faster, or the run has changed."""
        unchanged = (Run.id == run.id, Run.server == run.server, Run.state == run.state.value)
        with self.session() as session:
            return session.scalar(update(Run).where(*unchanged).values(server=server).returning(Run.id)) is not None


def _affected(result: Any) -> int:
    """How many rows a statement has changed or deleted."""
    count: int = result.rowcount
    return count


def _stored(row: Run) -> StoredRun:
    return StoredRun(
        row.id,
        utc(row.created),
        row.server,
        row.spec,
        RunState(row.state),
        row.message,
        tuple(row.advice),
        dict(row.numbers),
        row.owner or "",
        row.resumes,
        row.name,
        row.summary,
        None if row.branched_from is None or row.branched_at is None else Branch(row.branched_from, row.branched_at),
    )


def _overview(row: Any) -> Overview:
    numbers: Mapping[str, Any] = row.numbers
    sparkline: Sparkline | None = row.sparkline
    standing = Standing(row.state, row.message, numbers.get("epoch"), numbers.get("epochs"), numbers.get("seconds"), row.result, sparkline)
    return Overview(row.id, row.name or "", row.summary or "", utc(row.created), standing, row.delete_after and utc(row.delete_after))


def _packed(part: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(part, allow_nan=False, separators=(",", ":")).encode(), level=6)


def _unpacked_view(row: StoredView) -> View:
    values = np.frombuffer(zlib.decompress(row.values), dtype="<f4").reshape(row.shape).astype(np.float32)
    return View(row.name, row.step, values)


def _unpacked(content: bytes) -> dict[str, Any]:
    part: dict[str, Any] = json.loads(zlib.decompress(content))
    return part
