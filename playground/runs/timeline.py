"""The history of a run in bounded space, and what is new in it since a reader last looked."""

import itertools
import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.runs.thinning import Columns, finite
from playground.training.declarations import NOTHING, Declarations
from playground.training.events import Evaluated, Event, Progress, Started, View

CAPACITY = 4000
"""Rows per series: more than a screen has pixels, and about 150 kB for a new browser."""

Series = dict[str, dict[str, list[float | None]]]

_WHEN = ("step", "epoch", "seconds")
"""The first columns of both series."""
_generations = itertools.count(1)


@dataclass(frozen=True)
class Cursor:
    """How far a reader has read: the generation of the rows, and how many rows of each series."""

    generation: int
    batch: int
    evaluated: int


class Timeline:
    """The numbers of a run, and the newest of each of its views. Any thread may read while another adds.

    batch: one row per step, with what training minimizes, for its batch. evaluated: one row per evaluation, with the metrics that the run
    has declared. A full series is thinned; its lowest and highest values stay (`Columns`).

    declared: what the run is expected to declare; its Started event has the last word."""

    def __init__(self, capacity: int = CAPACITY, declared: Declarations = NOTHING) -> None:
        self._lock = threading.Lock()
        self._capacity = capacity
        self._views: dict[str, View] = {}
        self._epoch = 0.0
        self._seconds = 0.0
        self._declare(declared)

    @classmethod
    def rebuilt(
        cls, parts: Iterable[Mapping[str, Any]], views: Iterable[View] = (), capacity: int = CAPACITY, declared: Declarations = NOTHING
    ) -> "Timeline":
        """A timeline from the parts in which it was stored, of a "history" message and the "append" messages after it, and the newest
        views.

        declared: by the run, if its parts do not say it."""
        parts = list(parts)
        stored = next((part["declared"] for part in parts if "declared" in part), None)
        timeline = cls(capacity, declared if stored is None else Declarations.from_plain(stored))
        timeline._views = {view.name: view for view in views if timeline.declared.view(view.name)}
        for part in parts:
            timeline.extend(part)
        timeline.settle()
        return timeline

    def until(self, step: int) -> "Timeline":
        """That of a run that goes on from a checkpoint of this one, after so many steps."""
        message, _ = self.delta(None)
        timeline = Timeline.rebuilt([{**message["series"], "declared": message["declared"]}], capacity=self._capacity)
        with timeline._lock:
            timeline._continue_from(step)
        return timeline

    def extend(self, part: Mapping[str, Any]) -> None:
        """Adds the rows of the next part."""
        with self._lock:
            halvings = self._halvings
            for columns, rows in ((self._batch, part["batch"]), (self._evaluated, part["evaluated"])):
                if columns.names == _WHEN:
                    continue
                gap = [None] * len(rows["step"])
                for row in zip(*(rows.get(name, gap) for name in columns.names), strict=True):
                    columns.add(row)
            self._renew_after(halvings)

    def add(self, event: Event) -> None:
        """Adds a Progress, Evaluated or View; a Started declares what they contain, and where a run continues: what it will report again is
        removed. Other events are ignored."""
        with self._lock:
            halvings = self._halvings
            if isinstance(event, Started):
                if event.declared != self._declared:
                    self._declare(event.declared)
                elif len(self._batch) or len(self._evaluated):
                    self._continue_from(event.step)
                return
            if isinstance(event, Progress) and self._batch.names != _WHEN:
                self._add_progress(event)
            elif isinstance(event, Evaluated) and self._evaluated.names != _WHEN:
                metrics = event.columns
                row = (finite(metrics.get(name)) for name in self._declared.columns)
                self._evaluated.add((event.step, round(event.epoch, 4), round(event.seconds, 3), *row))
            elif isinstance(event, View):
                self._views[event.name] = event
            self._renew_after(halvings)

    def settle(self) -> None:
        """Makes the newest rows of a thinned history visible. For a run that pauses or has ended."""
        with self._lock:
            halvings = self._halvings
            self._batch.settle()
            self._evaluated.settle()
            self._renew_after(halvings)

    def delta(self, cursor: Cursor | None) -> tuple[dict[str, Any], Cursor]:
        """What is new since `cursor`, {"type": "append", "series"}, and the next cursor.

        The whole history, {"type": "history", "series", "declared"}, if the cursor is None or of another timeline, or if rows were thinned
        since. declared: as `Declarations.plain`."""
        with self._lock:
            follows = cursor is not None and cursor.generation == self._generation
            batch, evaluated = (cursor.batch, cursor.evaluated) if cursor is not None and follows else (0, 0)
            series: Series = {"batch": self._batch.columns(batch), "evaluated": self._evaluated.columns(evaluated)}
            read = Cursor(self._generation, len(self._batch), len(self._evaluated))
            declared = self._declared
        if follows:
            return {"type": "append", "series": series}, read
        return {"type": "history", "series": series, "declared": declared.plain}, read

    def epoch_at(self, step: int) -> float:
        """Completed epochs plus the fraction of the current one after a step, between two steps that are known interpolated."""
        with self._lock:
            rows = self._batch.rows
        points = [(0.0, 0.0), *((row[0] or 0.0, row[1] or 0.0) for row in rows)]
        after = min(max(1, bisect_left(points, (step, 0.0))), len(points) - 1)
        (low, before), (high, epoch) = points[after - 1], points[after]
        return epoch if high <= low or step >= high else before + (epoch - before) * (step - low) / (high - low)

    @property
    def cursor(self) -> Cursor:
        """Where a reader is who has read everything: another one after every change."""
        with self._lock:
            return Cursor(self._generation, len(self._batch), len(self._evaluated))

    @property
    def declared(self) -> Declarations:
        """What the run has declared or, before it has started, is expected to declare."""
        return self._declared

    @property
    def views(self) -> dict[str, View]:
        """The newest view of each name."""
        with self._lock:
            return dict(self._views)

    @property
    def _halvings(self) -> int:
        return self._batch.halvings + self._evaluated.halvings

    def _renew_after(self, halvings: int) -> None:
        if self._halvings != halvings:
            self._generation = next(_generations)

    def _declare(self, declared: Declarations) -> None:
        """Prepares the series for a run with these metrics, which has no rows yet."""
        minimized = declared.minimized
        losses = (minimized.column("train"),) if minimized else ()
        self._declared = declared
        self._batch = Columns((*_WHEN, *losses), losses, self._capacity)
        self._evaluated = Columns((*_WHEN, *declared.columns), declared.columns, self._capacity)
        self._generation = next(_generations)

    def _continue_from(self, step: int) -> None:
        """Keeps the rows up to a step, which is evaluated again."""
        self._batch.cut(step + 1)
        self._evaluated.cut(step)
        self._epoch, self._seconds = (float(when or 0) for when in self._batch.rows[-1][1:3]) if self._batch.rows else (0.0, 0.0)
        self._generation = next(_generations)

    def _add_progress(self, event: Progress) -> None:
        """Epochs and seconds are interpolated linearly between two Progress events."""
        count = len(event.steps)
        for index, (step, loss) in enumerate(zip(event.steps, event.losses, strict=True), start=1):
            share = index / count
            epoch = self._epoch + (event.epoch - self._epoch) * share
            seconds = self._seconds + (event.seconds - self._seconds) * share
            self._batch.add((step, round(epoch, 4), round(seconds, 3), finite(loss)))
        self._epoch, self._seconds = event.epoch, event.seconds
