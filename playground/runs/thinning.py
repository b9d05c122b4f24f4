"""Columns of numbers that never grow beyond a bound, and never lose a peak."""

import math
from collections.abc import Iterable, Sequence

Row = tuple[float | None, ...]


class Columns:
    """Rows of numbers in order, at most `capacity` of them.

    When they are full, they are halved: of every bucket of rows those stay in which one of the `watched` columns has its lowest or its
    highest value. From then on new rows are thinned in the same way before they are kept, so that all parts of the history are
    equally fine, and so that the times between two halvings grow with it.

    names: of the columns, the first one in rising order. A number that is not finite is None, and counts as a highest value."""

    def __init__(self, names: Sequence[str], watched: Sequence[str], capacity: int) -> None:
        self.names = tuple(names)
        self._watched = tuple(self.names.index(name) for name in watched)
        self._kept_of_bucket = 2 * len(self._watched)
        if capacity < 2 * self._kept_of_bucket:
            raise ValueError(f"capacity: must be at least {2 * self._kept_of_bucket}, got {capacity}")
        self.capacity = capacity
        self.rows: list[Row] = []
        self.halvings = 0
        self._bucket: list[Row] = []
        self._seen_of_bucket = 0
        self._newest: Row | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: Row) -> None:
        """One more row, which shows at once or, in a long history, when its bucket is full."""
        self._newest = row
        if not self.halvings:
            self._keep([row])
            return
        self._bucket.append(row)
        self._seen_of_bucket += 1
        if len(self._bucket) > 2 * self._kept_of_bucket:  # no more than the extremes so far are held
            self._bucket = extreme_rows(self._bucket, self._watched)
        if self._seen_of_bucket >= self._kept_of_bucket << self.halvings:
            self._keep(extreme_rows(self._bucket, self._watched))
            self._bucket, self._seen_of_bucket = [], 0

    def settle(self) -> None:
        """Shows what is held back, and the newest row in any case: nothing more comes for a while."""
        kept = extreme_rows(self._bucket, self._watched) if self._bucket else []
        self._bucket, self._seen_of_bucket = [], 0
        last = next(iter([*kept[-1:], *self.rows[-1:]]), None)
        if self._newest is not None and last is not self._newest:  # it was neither lowest nor highest
            kept.append(self._newest)
        self._keep(kept)

    def columns(self, start: int = 0) -> dict[str, list[float | None]]:
        """The rows from `start` on, as one list a column."""
        rows = self.rows[start:]
        return {name: [row[place] for row in rows] for place, name in enumerate(self.names)}

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if len(self.rows) >= self.capacity:
                self._halve()
            self.rows.append(row)

    def _halve(self) -> None:
        size = 2 * self._kept_of_bucket
        buckets = (self.rows[start : start + size] for start in range(0, len(self.rows), size))
        self.rows = [row for bucket in buckets for row in extreme_rows(bucket, self._watched)]
        self.halvings += 1


def extreme_rows(rows: Sequence[Row], columns: Sequence[int]) -> list[Row]:
    """Those rows, in their order, in which one of the columns is lowest or highest: at most two a column."""
    places = {place for column in columns for place in extremes([row[column] for row in rows])}
    return [rows[place] for place in sorted(places)]


def extremes(values: Sequence[float | None], start: int = 0) -> list[int]:
    """Where the lowest and the highest value are, in rising order: one or two places, counted from `start`."""
    numbers = [math.inf if value is None or math.isnan(value) else value for value in values]
    lowest, highest = numbers.index(min(numbers)), numbers.index(max(numbers))
    return sorted({start + lowest, start + highest})


def finite(value: float | None, digits: int = 7) -> float | None:
    """The number to so many significant digits; None for one that JSON does not know."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{digits}g}")
