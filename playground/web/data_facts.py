"""Facts about a dataset besides its settings: plot, size, balance. Computed once, in the background if that is slow."""

import html
import math
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from playground.catalog.datasets import DataError, Dataset, Downloaded, NotDownloadedError
from playground.catalog.datasets.examples import Array
from playground.catalog.tasks import Forecast
from playground.web.dataset_previews import preview
from playground.web.svg import svg_image

_WIDE, _HIGH = 120.0, 26.0
_MOST_ROWS = 12
_BINS = 24
_RETRY_SECONDS = 10


@dataclass(frozen=True)
class Facts:
    """preview, bars: HTML; the bars show the classes of the training examples, or a histogram of their values. trains, tests: number of
    examples."""

    preview: str
    bars: str
    trains: int
    tests: int


def facts(dataset: Dataset) -> Facts:
    """Raises: DataError if the data cannot be loaded."""
    train, test = dataset.targets()
    if dataset.classes:
        counts = np.bincount(train[train >= 0], minlength=len(dataset.classes))  # of every step, if each has a class
        bars = _bars(counts, ", ".join(f"{name}: {count:,}" for name, count in zip(dataset.classes, counts, strict=True)))
    elif dataset.target_size == 1 or dataset.task.name() == Forecast.name():
        bars = target_bars(train)
    else:
        bars = ""
    return Facts(preview(dataset), bars, len(train), len(test))


class FactCache:
    """Facts of datasets, computed once in background threads; quick ones do not wait for those of large examples."""

    def __init__(self) -> None:
        self._slow, self._quick = (ThreadPoolExecutor(1, thread_name_prefix=f"{name} data facts") for name in ("slow", "quick"))
        self._facts: dict[Dataset, Future[Facts]] = {}
        self._failed: dict[Dataset, float] = {}

    def look(self, dataset: Dataset) -> Facts | None:
        """None while they are being computed. Raises: DataError if the dataset cannot be loaded; a call some seconds later tries again."""
        if isinstance(dataset, Downloaded) and dataset.bytes_here() < dataset.needs.bytes:
            self._facts.pop(dataset, None)
            raise NotDownloadedError(type(dataset), None)
        if self._failed.get(dataset, math.inf) < time.monotonic() - _RETRY_SECONDS:
            del self._failed[dataset], self._facts[dataset]
        if dataset not in self._facts:
            worker = self._slow if dataset.encoding.is_slow else self._quick
            self._facts[dataset] = worker.submit(facts, dataset)
        future = self._facts[dataset]
        if not future.done():
            return None
        try:
            return future.result()
        except DataError:
            self._failed.setdefault(dataset, time.monotonic())
            raise


@cache
def fact_cache() -> FactCache:
    """The cache of this server."""
    return FactCache()


def balance_list(counts: Mapping[str, int]) -> str:
    """One bar per class with its name and number; the classes beyond the first ones share a line."""
    rows = list(counts.items())
    highest = max(counts.values(), default=1) or 1
    items = "".join(
        f'<li><span title="{html.escape(name, quote=True)}">{html.escape(name)}</span>'
        f'<i style="--share: {100 * count / highest:.1f}%"></i><b>{count:,}</b></li>'
        for name, count in rows[:_MOST_ROWS]
    )
    more = len(rows) - _MOST_ROWS
    if more > 0:
        items += f"<li><span>and {more:,} more</span><i></i><b>{sum(count for _, count in rows[_MOST_ROWS:]):,}</b></li>"
    return f'<ul class="pg-balance">{items}</ul>'


def target_bars(targets: Array) -> str:
    """A histogram of the target values."""
    values = np.asarray(targets, np.float64).reshape(-1)
    counts, edges = np.histogram(values, bins=_BINS)
    return _bars(counts, f"Values from {edges[0]:.4g} to {edges[-1]:.4g}")


def _bars(counts: Array, text: str) -> str:
    highest, width = max(1, int(counts.max(initial=1))), _WIDE / max(1, len(counts))
    gap = min(1.5, 0.2 * width)
    bars = "".join(
        f'<rect class="bar of-train" x="{index * width:.2f}" y="{_HIGH * (1 - count / highest):.2f}" width="{width - gap:.2f}" '
        f'height="{_HIGH * count / highest:.2f}"/>'
        for index, count in enumerate(counts.tolist())
    )
    return svg_image(_WIDE, _HIGH, bars, text, "bars-of-data")
