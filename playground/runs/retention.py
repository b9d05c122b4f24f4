"""How long runs are kept: which of those that have ended are to be announced and deleted, by age and by disk space.

A run is deleted only after a notice period, during which its owner can see when, and only if there is still a reason then. So nothing is
lost to a clock that is wrong for an hour, and a limit on disk space may be exceeded for as long as the notice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

_LATE = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """most_bytes: disk space for all runs. days: age after the end; 0 for any age. notice_days: from the announcement to the deletion."""

    most_bytes: int
    days: float
    notice_days: float


@dataclass(frozen=True)
class EndedRun:
    """A run that has ended. bytes: of its files; None if these are not in this data folder, so that only its age counts here. delete_after:
    as announced, if it is."""

    id: str
    ended: datetime
    bytes: int | None
    delete_after: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """announced: when runs will be deleted; announcements that are not among these are withdrawn. deleted: what is to be deleted now, still
    announced until it is."""

    announced: Mapping[str, datetime]
    deleted: tuple[str, ...]


def plan(runs: Iterable[EndedRun], other_bytes: int, limits: Limits, now: datetime) -> Plan:
    """other_bytes: of runs that have not ended, which need space, too."""
    oldest_first = sorted(runs, key=lambda run: (run.ended, run.id))
    notice = timedelta(days=limits.notice_days)
    excess = other_bytes + sum(run.bytes or 0 for run in oldest_first) - limits.most_bytes
    announced: dict[str, datetime] = {}
    for run in oldest_first:
        expires = _expiry(run, limits)
        if excess > 0 and run.bytes is not None:
            announced[run.id] = run.delete_after or now + notice
        elif expires is not None and expires - notice <= now:
            announced[run.id] = run.delete_after or max(expires, now + notice)
        if run.id in announced:
            excess -= run.bytes or 0
    due = tuple(run.id for run in oldest_first if run.delete_after is not None and run.id in announced and run.delete_after <= now)
    return Plan(announced | _of_others(oldest_first, announced, now), due)


def _of_others(runs: Iterable[EndedRun], announced: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """What another server has announced, which has the files of these runs. A deletion that is a day overdue has been called off."""
    return {
        run.id: run.delete_after
        for run in runs
        if run.bytes is None and run.id not in announced and run.delete_after is not None and now - run.delete_after < _LATE
    }


def _expiry(run: EndedRun, limits: Limits) -> datetime | None:
    if not limits.days:
        return None
    try:
        return run.ended + timedelta(days=limits.days)
    except OverflowError:
        return None
