"""Columns of numbers with bounded length that keep their peaks."""

import math
from collections.abc import Iterable, Sequence

Row = tuple[float | None, ...]


class Columns:
    """At most `capacity` rows of numbers, in order.

    When full, the rows are halved: each bucket of rows keeps those in which one of the `watched` columns has its lowest or highest value.
    From then on new rows are thinned in the same way before they are added, so that all parts of the history have the same resolution and
    halvings become rarer as the history grows.

    names: of the columns; the first is in ascending order. A number that is not finite is None, and counts as the highest value."""

    def __init__(self, names: Sequence[str], watched: Sequence[str], capacity: int) -> None:
        self.names = tuple(names)
        self._watched = tuple(self.names.index(name) for name in watched)
        self._kept_per_bucket = 2 * len(self._watched)
        if capacity < 2 * self._kept_per_bucket:
            raise ValueError(f"capacity: must be at least {2 * self._kept_per_bucket}, got {capacity}")
        self.capacity = capacity
        self.rows: list[Row] = []
        self.halvings = 0
        self._bucket: list[Row] = []
        self._seen_in_bucket = 0
        self._newest: Row | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: Row) -> None:
        """Adds a row, which becomes visible immediately or, in a long history, when its bucket is full."""
        self._newest = row
        if not self.halvings:
            self._keep([row])
            return
        self._bucket.append(row)
        self._seen_in_bucket += 1
        if len(self._bucket) > 2 * self._kept_per_bucket:  # hold only the extremes so far
            self._bucket = extreme_rows(self._bucket, self._watched)
        if self._seen_in_bucket >= self._kept_per_bucket << self.halvings:
            self._keep(extreme_rows(self._bucket, self._watched))
            self._bucket, self._seen_in_bucket = [], 0

    def settle(self) -> None:
        """Makes all rows that are still held visible, always including the newest. For when no more rows come for a while."""
        kept = extreme_rows(self._bucket, self._watched) if self._bucket else []
        self._bucket, self._seen_in_bucket = [], 0
        last = next(iter([*kept[-1:], *self.rows[-1:]]), None)
        if self._newest is not None and last is not self._newest:  # it is neither lowest nor highest
            kept.append(self._newest)
        self._keep(kept)

    def cut(self, end: float) -> None:
        """Removes the rows whose first column is `end` or more."""
        self.rows, self._bucket = ([row for row in rows if (row[0] or 0) < end] for rows in (self.rows, self._bucket))
        self._seen_in_bucket = len(self._bucket)
        self._newest = next(iter([*self._bucket[-1:], *self.rows[-1:]]), None)

    def columns(self, start: int = 0) -> dict[str, list[float | None]]:
        """The rows from `start` on, one list per column."""
        rows = self.rows[start:]
        return {name: [row[index] for row in rows] for index, name in enumerate(self.names)}

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if len(self.rows) >= self.capacity:
                self._halve()
            self.rows.append(row)

    def _halve(self) -> None:
        size = 2 * self._kept_per_bucket
        buckets = (self.rows[start : start + size] for start in range(0, len(self.rows), size))
        self.rows = [row for bucket in buckets for row in extreme_rows(bucket, self._watched)]
        self.halvings += 1


def extreme_rows(rows: Sequence[Row], columns: Sequence[int]) -> list[Row]:
    """The rows, in order, in which one of the columns is lowest or highest: at most two per column."""
    kept = {index for column in columns for index in extremes([row[column] for row in rows])}
    return [rows[index] for index in sorted(kept)]


def extremes(values: Sequence[float | None], start: int = 0) -> list[int]:
    """The indices of the lowest and the highest value, counted from `start`, in ascending order: one or two."""
    numbers = [math.inf if value is None or math.isnan(value) else value for value in values]
    lowest, highest = numbers.index(min(numbers)), numbers.index(max(numbers))
    return sorted({start + lowest, start + highest})


def finite(value: float | None, digits: int = 7) -> float | None:
    """The number rounded to so many significant digits; None if it is not finite."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{digits}g}")
