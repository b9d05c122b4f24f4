"""The times of a series: read from a column, in order, and evenly spaced, with what was done about them in notes."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.columns import Column, number_text
from playground.own.errors import OwnDataError
from playground.own.names import listed
from playground.own.prepared import Note
from playground.own.time_notations import Reader, are_moments, reader_of, seconds_of_numbers
from playground.own.work import go_on

Repeats = Literal["refuse", "average"]
"""What to do with rows of the same time: refuse the table, or average them."""
Gaps = Literal["refuse", "fill", "ignore"]
"""What to do where times or values are missing: refuse the table; repeat the last known values; or leave out rows without values and count
rows instead of time."""

Floats = NDArray[np.float64]

_NAMES = re.compile(
    r"(.*[ _])?(time|date|datetime|timestamp|period|day|month|year|hour|minute|second|week|quarter)([ _].*)?", re.IGNORECASE
)
_MOST_FILLED = 20
"""A series may become at most so many times longer by filling its gaps."""
_LISTED = 3
_AT_ONCE = 1000


@dataclass(frozen=True)
class Times:
    """values: (N,) seconds since 1970 in UTC, or plain numbers, NaN where unreadable. dated: whether they are seconds. notes: how they were
    read."""

    values: Floats
    dated: bool
    notes: tuple[Note, ...] = ()


def is_time(column: Column) -> bool:
    """Whether a column looks like times: dates, or different numbers under a typical name."""
    if column.kind == "number":
        return _NAMES.fullmatch(column.name) is not None and column.distinct > 0.5 * len(column.values)
    return has_dates(column)


def has_dates(column: Column) -> bool:
    """Whether the texts of a column are dates, months, quarters, weeks or timestamps."""
    if column.kind not in ("date", "category") or column.distinct < 2:
        return False
    return are_moments(column.categories)


def read_times(column: Column) -> Times:
    """The times of a column. Raises: OwnDataError if it contains none."""
    if column.kind == "number":
        seconds = seconds_of_numbers(column.values.astype(np.float64), column.name)
        return Times(column.values.astype(np.float64), dated=False) if seconds is None else Times(seconds, dated=True)
    reader = reader_of(column.categories)
    seconds = np.array([_seconds(reader, text, number) for number, text in enumerate(column.categories)] or [np.nan])
    values = np.where(column.values >= 0, seconds[np.maximum(column.values, 0)], np.nan)
    if not np.isfinite(values).any():
        raise OwnDataError(f"“{column.name}” contains no dates or times, such as 2024-01-31 or 31.1.2024 14:30; choose another column")
    return Times(values, dated=True, notes=() if reader.note is None else (Note(reader.note),))


def _seconds(reader: Reader, text: str, number: int) -> float:
    if number % _AT_ONCE == 0:
        go_on()
    return reader.seconds(text)


def time_text(value: float, dated: bool) -> str:
    """A time as text, without the parts that are zero."""
    if not dated:
        return number_text(value)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
    return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00").removesuffix(" 00:00")


@dataclass(frozen=True)
class Regular:
    """A series with evenly spaced times. times: (T,). values: (T, F) without NaN. step: between two of them, in words."""

    times: Floats
    values: Floats
    step: str
    notes: tuple[Note, ...]


def regular(column: str, times: Times, values: Floats, repeats: Repeats, gaps: Gaps) -> Regular:
    """Rows in order of time, each time once, evenly spaced. column: name of the time column, for messages. values: (N, F), NaN if missing.

    Raises: OwnDataError if times are repeated or missing and that is to be refused, or they are not evenly spaced at all."""
    notes = list(times.notes)
    readable = np.isfinite(times.values)
    if gone := int((~readable).sum()):
        notes.append(Note(f"Left out {_rows(gone)} without a readable time in “{column}”.", warning=True))
    at, rows = times.values[readable], values[readable]
    if len(at) < 2:
        raise OwnDataError(f"“{column}” has fewer than 2 readable times; choose another column")
    if (np.diff(at) < 0).any():
        order = np.argsort(at, kind="stable")
        at, rows = at[order], rows[order]
        notes.append(Note(f"The rows were not in order; they are sorted by “{column}”."))
    at, rows, note = _without_repeats(column, times.dated, at, rows, repeats)
    notes += note
    if len(at) < 2:
        raise OwnDataError(f"all rows have the same time in “{column}”; choose another column")
    unit, step, counts = _steps(at, times.dated)
    if gaps != "ignore":
        at, rows, note = _without_gaps(column, times.dated, at, rows, counts, gaps, step)
        notes += note
    elif uneven := int((np.abs(counts - 1) > _TOLERANCE).sum()):
        notes.append(Note(f"Not all steps in time are {step} long ({uneven:,} of {len(counts):,} differ): rows are counted instead."))
    return Regular(at, rows, step if unit else "row", tuple(notes))


_TOLERANCE = 0.1
"""Steps in time may differ from the usual one by this share of it."""


def _without_repeats(column: str, dated: bool, at: Floats, rows: Floats, repeats: Repeats) -> tuple[Floats, Floats, list[Note]]:
    moments, first, counts = np.unique(at, return_index=True, return_counts=True)
    if len(moments) == len(at):
        return at, rows, []
    twice = moments[counts > 1]
    which = listed((time_text(value, dated) for value in twice[:_LISTED].tolist()), _LISTED)
    if repeats == "refuse":
        raise OwnDataError(
            f"{_times(len(twice))} more than once in “{column}” ({which}{' …' if len(twice) > _LISTED else ''}); average the rows of the "
            f"same time, or remove rows"
        )
    present = np.isfinite(rows)
    sums = np.add.reduceat(np.where(present, rows, 0), first, axis=0)
    known = np.add.reduceat(present, first, axis=0)
    averaged = np.where(known > 0, sums / np.maximum(known, 1), np.nan)
    return moments, averaged, [Note(f"{_times(len(twice))} more than once in “{column}”: their rows are averaged.", warning=True)]


def _steps(at: Floats, dated: bool) -> tuple[bool, str, Floats]:
    """Whether there is a usual step, the step in words, and the steps from one time to the next, in usual steps: (T − 1,)."""
    if dated and (months := _months(at)) is not None:
        ahead = np.diff(months)
        usual = max(1.0, float(np.median(ahead)))
        return True, _counted(usual, "month"), ahead / usual
    ahead = np.diff(at)
    usual = float(np.median(ahead))
    if not dated:
        return True, number_text(usual), ahead / usual
    for seconds, name in ((86_400 * 7, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if usual % seconds == 0:
            return True, _counted(usual / seconds, name), ahead / usual
    return True, _counted(usual, "second"), ahead / usual


def _months(at: Floats) -> Floats | None:
    """Months since year 0, if all times are the same day and hour of a month, or all are the last day of one."""
    moments = at.astype("datetime64[s]")
    months = moments.astype("datetime64[M]")
    into = (moments - months).astype(np.int64)
    left = ((months + 1).astype("datetime64[s]") - moments).astype(np.int64)
    number: Floats = months.astype(np.int64).astype(np.float64)
    is_monthly = (into == into[0]).all() or (left == left[0]).all()
    return number if is_monthly and (np.diff(number) > 0).all() else None


def _without_gaps(
    column: str, dated: bool, at: Floats, rows: Floats, counts: Floats, gaps: Gaps, step: str
) -> tuple[Floats, Floats, list[Note]]:
    whole = np.round(counts)
    if ((np.abs(counts - whole) > _TOLERANCE) | (whole < 1)).any():
        index = int(np.argmax((np.abs(counts - whole) > _TOLERANCE) | (whole < 1)))
        raise OwnDataError(
            f"the times in “{column}” are not evenly spaced: the usual step is {step}, but {time_text(float(at[index + 1]), dated)} "
            f"follows {time_text(float(at[index]), dated)}; count rows instead of time, or upload a table with even steps"
        )
    notes = []
    if missing := int((whole - 1).sum()):
        index = int(np.argmax(whole > 1))
        where = f"the first after {time_text(float(at[index]), dated)}"
        if gaps == "refuse":
            raise OwnDataError(
                f"“{column}” has gaps: {missing:,} time{'s are' if missing > 1 else ' is'} missing at a step of {step} ({where}); fill "
                f"them with the last known values, count rows instead of time, or add the rows"
            )
        if missing > _MOST_FILLED * len(at):
            raise OwnDataError(
                f"“{column}” has gaps of {missing:,} times at a step of {step}, for {len(at):,} rows; count rows instead of time, or "
                f"upload a table with smaller gaps"
            )
        repeats = np.append(whole, 1).astype(np.int64)
        spread = np.repeat(np.arange(len(at)), repeats)
        within = np.arange(len(spread)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        ahead = np.append(np.diff(at), 0.0) / repeats
        at, rows = at[spread] + within * ahead[spread], rows[spread]
        notes.append(
            Note(f"{missing:,} missing time{'s' if missing > 1 else ''} ({where}): filled with the last known values.", warning=True)
        )
    return at, rows, notes


def _times(count: int) -> str:
    return "1 time occurs" if count == 1 else f"{count:,} times occur"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _counted(count: float, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{number_text(count)} {noun}s"
