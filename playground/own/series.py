"""Turn a table into a time series to forecast, according to the user's choices; every step is noted."""

from dataclasses import dataclass

import numpy as np

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import OwnSeries
from playground.catalog.datasets.own_series import MAX_COLUMNS
from playground.catalog.messages import counted
from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed
from playground.own.prepared import Note, Prepared
from playground.own.table import TableDraft
from playground.own.targets import is_named_target
from playground.own.times import Floats, Gaps, Regular, Repeats, Times, has_dates, is_time, read_times, regular, time_text
from playground.own.work import limited
from playground.settings import settings

_USUAL_WINDOWS = 50_000
_SEASONS = {"1 month": 12, "1 hour": 24, "1 day": 14, "1 week": 26, "1 minute": 60, "3 months": 8}
"""A usual window for each step in time."""
_USUAL_WINDOW = 24
_LEAST_STEPS = 10
_FEW = 0.1
"""Share of the times that may be missing or repeated to be filled or averaged by default."""


@dataclass(frozen=True)
class SeriesChoices:
    """How to learn from a time series; columns are given by position, from 0.

    columns: what the network sees and forecasts. time: the column of times; None: the rows are in order and evenly spaced. window, horizon:
    steps that it sees and forecasts; None chooses them. repeats: what to do with rows of the same time. gaps: what to do where times or
    values are missing."""

    columns: tuple[int, ...]
    time: int | None = None
    window: int | None = None
    horizon: int | None = None
    repeats: Repeats = "refuse"
    gaps: Gaps = "refuse"
    test_share: float = 0.25


@limited
def guess_series(draft: TableDraft) -> SeriesChoices:
    """Default choices: the first column of times, and a column of numbers with a typical name of a target, or else the first one. The rows
    are in order where several columns, such as year and quarter, make up the time. A few missing or repeated times are filled and averaged,
    and rows are counted where many are missing.

    Raises: OwnDataError if there is no column of numbers."""
    times = [column for column in draft.columns if is_time(column)]
    time = next((column for column in times if column.kind != "number"), times[0] if times else None)
    parts = _parts_of_time(draft) if time is None else ()
    numbers = [column for column in draft.columns if column.kind == "number" and column is not time and column not in parts]
    useful = [column for column in numbers if not column.identifier and not column.constant]
    if not numbers:
        raise OwnDataError("the table has no column of numbers, so there is nothing to forecast; upload a table with a value for each time")
    named = [column for column in useful if is_named_target(column)]
    chosen = (named or useful or numbers)[0]
    gaps, repeats = _handling(chosen, time)
    return SeriesChoices((chosen.position,), None if time is None else time.position, gaps=gaps, repeats=repeats)


def like_series(draft: TableDraft) -> bool:
    """Whether a table looks like a time series: nearly each row has a time of its own, or it has nothing but one column of numbers."""
    numbers = [column for column in draft.columns if column.kind == "number" and not column.constant]
    if not numbers or draft.rows < _LEAST_STEPS:
        return False
    if len(draft.columns) == 1 or _parts_of_time(draft):
        return True
    dated = [column for column in draft.columns if column.kind != "number" and has_dates(column)]
    steady = [column for column in numbers if is_time(column) and _is_steady(column)]
    return any(column.distinct > 0.9 * draft.rows for column in dated) or (bool(steady) and len(numbers) > 1)


def _is_steady(column: Column) -> bool:
    """Whether numbers rise from row to row, in even steps: years, days."""
    steps = np.diff(read_times(column).values)
    return bool(column.missing == 0 and (steps > 0).all() and (steps <= 1.1 * np.median(steps)).all())


def _parts_of_time(draft: TableDraft) -> tuple[Column, ...]:
    """A column of years that repeat and one of quarters, months or weeks, if they rise together from row to row."""
    columns = {column.name.lower(): column for column in draft.columns if column.whole and column.missing == 0}
    for name in ("quarter", "month", "week"):
        if "year" in columns and name in columns and (np.diff(columns["year"].values * 100 + columns[name].values) > 0).all():
            return columns["year"], columns[name]
    return ()


def _handling(column: Column, time: Column | None) -> tuple[Gaps, Repeats]:
    """What is done about times that are repeated or missing: refused if many are repeated, counted as rows if many are missing."""
    values = column.values.astype(np.float64)[:, None]
    repeats: Repeats = "refuse"
    if time is None:
        return ("ignore" if column.missing else "refuse"), repeats
    times = read_times(time)
    known = times.values[np.isfinite(times.values)]
    if 0 < len(known) - len(np.unique(known)) <= _FEW * len(known):
        repeats = "average"
    gaps: Gaps
    for gaps in ("refuse", "fill"):
        try:
            filled = regular(time.name, times, values, repeats, gaps)
        except OwnDataError:
            continue
        missing = int(np.isnan(filled.values).sum())
        if gaps == "refuse" and not missing:
            return "refuse", repeats
        if len(filled.times) - len(known) + missing <= _FEW * len(filled.times):
            return "fill", repeats
    return "ignore", repeats


@limited
def prepare_series(draft: TableDraft, choices: SeriesChoices) -> Prepared:
    """The chosen columns as a time series, evenly spaced and without gaps; the notes list every step.

    Raises: OwnDataError if times are repeated or missing and that is to be refused, or the series is too short for the window."""
    columns, time = _chosen(draft, choices)
    values = np.stack([column.values.astype(np.float64) for column in columns], axis=1)
    name, times = "row", Times(np.arange(1, len(values) + 1, dtype=np.float64), dated=False)
    if time is not None:
        name, times = time.name, read_times(time)
    series = Regular(times.values, values, "row", ()) if time is None else regular(name, times, values, choices.repeats, choices.gaps)
    at, rows, notes = _without_missing(series.times, series.values, columns, times.dated, choices.gaps)
    if len(rows) > settings().upload_rows:
        raise OwnDataError(
            f"with its gaps filled, the series has {len(rows):,} steps; the limit is {settings().upload_rows:,} (PLAYGROUND_UPLOAD_ROWS); "
            f"upload fewer rows, or count rows instead of time"
        )
    constant = [column.name for column, spread in zip(columns, rows.std(axis=0), strict=True) if spread == 0]
    if len(constant) == len(columns):
        raise OwnDataError(f"{listed(map('“{}”'.format, constant))} never changes, so there is nothing to learn; choose another column")
    if constant:
        notes.append(Note(f"Never changes: {listed(map('“{}”'.format, constant))}.", warning=True))
    window, horizon = _lengths(choices, len(rows), series.step)
    upload = Upload(
        rows, at, {"family": "series", "features": list(distinct((column.name for column in columns), 60)), "dated": times.dated}
    )  # fmt: skip
    dataset = OwnSeries(
        key=upload.key,
        called=draft.name,
        columns=len(columns),
        window=window,
        horizon=horizon,
        stride=max(1, -(-len(rows) // _USUAL_WINDOWS)),
        test_share=choices.test_share,
    )
    prepared = Prepared(dataset, upload)
    prepared.check()
    tests = len(prepared.data.test) + window + horizon - 1
    cut = time_text(float(at[len(at) - tests]), times.dated)
    span = f"{counted(len(rows), 'step')} of {'1 row' if series.step == 'row' else series.step}"
    when = f"row {cut}" if time is None else cut
    first = Note(
        f"{span}; the network sees {window:,} and forecasts {horizon:,}. Test: the last {tests:,} steps, from {when} on. No window reaches "
        f"across the cut, and the scale is that of the training part."
    )
    return Prepared(dataset, upload, (first, *series.notes, *notes))


def _chosen(draft: TableDraft, choices: SeriesChoices) -> tuple[list[Column], Column | None]:
    width = len(draft.columns)
    for position in (*choices.columns, *(() if choices.time is None else (choices.time,))):
        if not 0 <= position < width:
            raise OwnDataError(f"column {position + 1} does not exist; choose one from 1 to {width}")
    columns = [draft.columns[position] for position in dict.fromkeys(choices.columns)]
    if not columns:
        raise OwnDataError("no column is chosen; choose at least one to forecast")
    if len(columns) > MAX_COLUMNS:
        raise OwnDataError(f"{len(columns):,} columns; the limit is {MAX_COLUMNS}; choose fewer")
    for column in columns:
        if column.kind != "number":
            raise OwnDataError(f"“{column.name}” contains no numbers; choose another column to forecast")
        if column.position == choices.time:
            raise OwnDataError(f"“{column.name}” is the time, so it cannot be forecast; choose another column")
    return columns, None if choices.time is None else draft.columns[choices.time]


def _without_missing(at: Floats, rows: Floats, columns: list[Column], dated: bool, gaps: Gaps) -> tuple[Floats, Floats, list[Note]]:
    """Missing values refused, filled with the last known ones, or their rows left out. What comes later is never used to fill a gap."""
    missing = np.isnan(rows)
    if not missing.any():
        return at, rows, []
    row = int(np.argmax(missing.any(axis=1)))
    names = listed(f"“{column.name}”: {count:,}" for column, count in zip(columns, missing.sum(axis=0).tolist(), strict=True) if count)
    if gaps == "refuse":
        raise OwnDataError(
            f"values are missing ({names}; the first at {time_text(float(at[row]), dated)}); fill them with the last known values, leave "
            f"out their rows, or complete the table"
        )
    known = np.flatnonzero(~missing.any(axis=1))
    if not len(known):
        raise OwnDataError(f"no row has a value in every chosen column ({names}); choose fewer columns")
    if gaps == "ignore":
        return at[known], rows[known], [Note(f"Rows with missing values are left out ({names}).", warning=True)]
    last = np.maximum.accumulate(np.where(missing, -1, np.arange(len(rows))[:, None]), axis=0)
    start = int(np.argmax((last >= 0).all(axis=1)))
    filled = np.take_along_axis(rows, np.maximum(last, 0), axis=0)
    notes = [Note(f"Missing values are filled with the last known ones ({names}).", warning=True)]
    if start:
        notes.append(Note(f"Left out the first {start:,} row{'s' if start > 1 else ''}, before which no value is known.", warning=True))
    return at[start:], filled[start:], notes


def _lengths(choices: SeriesChoices, steps: int, step: str) -> tuple[int, int]:
    """Window and horizon; those that are chosen automatically fit into the series."""
    window = choices.window or max(2, min(_SEASONS.get(step, _USUAL_WINDOW), steps // 6))
    horizon = choices.horizon or max(1, min(window // 2, steps // 12))
    if not 2 <= window <= 2000:
        raise OwnDataError(f"the window must be 2 to 2,000 steps, got {window:,}")
    if not 1 <= horizon <= 500:
        raise OwnDataError(f"the horizon must be 1 to 500 steps, got {horizon:,}")
    return window, horizon
