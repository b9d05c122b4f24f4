"""Points in time as people and programs write them: dates, timestamps, months with their names, quarters, ISO weeks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Order = Literal["year", "day", "month"]
"""What a date of numbers begins with."""

_CLOCK = r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_MONTHS = (
    ("jan",), ("feb",), ("mar", "mär", "mrz"), ("apr",), ("may", "mai"), ("jun",), ("jul",), ("aug",), ("sep",), ("oct", "okt"), ("nov",),
    ("dec", "dez"),
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAME = rf"(?P<name>{'|'.join(_MONTH_NUMBERS)})[^\W\d_]*\.?"
_YEAR = r"(?P<year>\d{4})"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text + _CLOCK, re.IGNORECASE)


_YEAR_FIRST = _pattern(rf"{_YEAR}[./-](?P<month>\d{{1,2}})(?:[./-](?P<day>\d{{1,2}}))?")
_YEAR_LAST = _pattern(r"(?P<first>\d{1,2})[./-](?P<other>\d{1,2})[./-](?P<year>\d{4}|\d{2})")
_NAMED = (
    _pattern(rf"{_YEAR}[ .,/-]*{_NAME}(?:[ .,/-]*(?P<day>\d{{1,2}}))?"),  # 1991 Jul, 1991-Jul-5
    _pattern(rf"{_NAME}[ .,/-]*(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .,/-]+)?{_YEAR}"),  # July 1991, Jul-5-1991, Jul 5, 1991
    _pattern(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .,/-]*{_NAME}[ .,/-]*(?P<year>\d{{4}}|\d{{2}})"),  # 5 July 1991, 5-Jul-91
)
_QUARTER = (
    re.compile(rf"{_YEAR}[ .:/-]*q(?P<quarter>[1-4])", re.IGNORECASE),
    re.compile(rf"q(?P<quarter>[1-4])[ .:/-]*{_YEAR}", re.IGNORECASE),
)
_WEEK = re.compile(rf"{_YEAR}[ -]?w(?P<week>\d{{1,2}})(?:-?(?P<weekday>[1-7]))?", re.IGNORECASE)
_MONTH = re.compile(rf"{_YEAR}[ -]?m(?P<month>\d{{1,2}})", re.IGNORECASE)
_PERIOD = re.compile(rf"{_YEAR}:(?P<period>\d{{1,2}})")
_ALL = (_YEAR_FIRST, _YEAR_LAST, *_NAMED, *_QUARTER, _WEEK, _MONTH, _PERIOD)
_SAMPLE, _LOOKED_AT = 10_000, 500
_NEARLY_ALL = 0.9
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1500, 2200))


def are_moments(texts: Sequence[str]) -> bool:
    """Whether (nearly) all of these texts are points in time, in years of which there are records."""
    sample = texts[:_LOOKED_AT]
    written = [text for text in sample if any(pattern.fullmatch(text) for pattern in _ALL)]
    if not written or len(written) < _NEARLY_ALL * len(sample):
        return False
    seconds = np.array(list(map(reader_of(texts).seconds, written)))
    return int(((seconds > _EARLIEST) & (seconds < _LATEST)).sum()) >= _NEARLY_ALL * len(sample)


@dataclass(frozen=True)
class Reader:
    """Reads the texts of one column. order: what dates of numbers begin with. quarters: whether 1950:1 is a quarter and not a month. note:
    says what is not certain."""

    order: Order
    quarters: bool
    note: str | None = None

    def seconds(self, text: str) -> float:
        """Seconds since 1970 in UTC; NaN if it is not a time, such as February 30."""
        try:
            moment = self._moment(text)
        except ValueError:
            return float("nan")
        return float("nan") if moment is None else (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()

    def _moment(self, text: str) -> datetime | None:
        if match := _YEAR_FIRST.fullmatch(text):
            return _at(match, int(match["year"]), int(match["month"]), int(match["day"] or 1))
        if match := _YEAR_LAST.fullmatch(text):
            first, other = int(match["first"]), int(match["other"])
            day, month = (first, other) if self.order == "day" else (other, first)
            return _at(match, _full_year(match["year"]), month, day)
        if match := next((found for pattern in _NAMED if (found := pattern.fullmatch(text))), None):
            return _at(match, _full_year(match["year"]), _MONTH_NUMBERS[match["name"].lower()], int(match["day"] or 1))
        if match := next((found for pattern in _QUARTER if (found := pattern.fullmatch(text))), None):
            return _start(int(match["year"]), 3 * int(match["quarter"]) - 2)
        if match := _WEEK.fullmatch(text):
            monday = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["weekday"] or 1))
            return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
        if match := _MONTH.fullmatch(text):
            return _start(int(match["year"]), int(match["month"]))
        if match := _PERIOD.fullmatch(text):
            return _start(int(match["year"]), 3 * int(match["period"]) - 2 if self.quarters else int(match["period"]))
        return None


def reader_of(texts: Sequence[str]) -> Reader:
    """How to read the times of a column, from all of them."""
    sample = texts[:_SAMPLE]
    periods = [int(match["period"]) for match in map(_PERIOD.fullmatch, sample) if match]
    quarters = bool(periods) and max(periods) <= 4
    parts = [match for match in map(_YEAR_LAST.fullmatch, sample) if match]
    if not parts:
        return Reader("year", quarters)
    if any(int(match["first"]) > 12 for match in parts):
        return Reader("day", quarters)
    if any(int(match["other"]) > 12 for match in parts):
        return Reader("month", quarters)
    if "/" in parts[0][0]:
        note = f"{parts[0][0]} was read as month/day/year. If the day comes first, write dates as 2024-01-31."
        return Reader("month", quarters, note)
    return Reader("day", quarters)


def _at(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(match["zone"]))


def _start(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)


def _zone(text: str | None) -> timezone:
    if not text or text.upper() == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def seconds_of_numbers(values: NDArray[np.float64], name: str) -> NDArray[np.float64] | None:
    """Seconds since 1970 of numbers that are dates (20240131) or timestamps (1706659200, also in milliseconds); None if they are neither.

    name: of the column; large numbers are timestamps only if it says so."""
    present = values[np.isfinite(values)]
    if not len(present) or (present % 1 != 0).any():
        return None
    if present.min() >= 1800_01_01 and present.max() <= 2200_12_31:
        known = np.nan_to_num(values, nan=1970_01_01).astype(np.int64)
        months, days = known // 100 % 100, known % 100
        if (months < 1).any() or (months > 12).any() or (days < 1).any() or (days > 31).any():
            return None
        first = ((known // 10_000 - 1970) * 12 + months - 1).astype("datetime64[M]").astype("datetime64[D]")
        seconds = (first + (days - 1).astype("timedelta64[D]")).astype("datetime64[s]").astype(np.float64)
        return np.where(np.isfinite(values), seconds, np.nan)
    if not re.search(r"time|date|epoch|unix", name, re.IGNORECASE):
        return None
    for unit in (1.0, 1e3):
        if present.min() >= 1e8 * unit and present.max() <= 5e9 * unit:
            return values / unit
    return None
