"""Which examples a preview shows, and their targets in words."""

import numpy as np

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Split

_MOST_VALUES = 12
"""Of a target with several numbers, at most this many are shown."""


def chosen(dataset: Dataset, split: Split, count: int) -> list[int]:
    """Rows of the first examples of as many classes as fit, in turn; without classes, rows spread evenly."""
    if not dataset.classes or split.targets.ndim > 1:
        return [int(row) for row in np.linspace(0, len(split) - 1, min(count, len(split))).round()]
    classes = np.unique(split.targets)[:count]
    first = [np.flatnonzero(split.targets == label)[: -(-count // len(classes))] for label in classes]
    return [int(rows[turn]) for turn in range(count) for rows in first if turn < len(rows)][:count]


def answer(dataset: Dataset, target: Array) -> str:
    """A target in words: the name of its class, its value, or the names or values of a list, without steps that have no answer."""
    values = [value for value in np.atleast_1d(target).reshape(-1).tolist() if value != IGNORED]
    words = [dataset.classes[int(value)] if dataset.classes else f"{value:.4g}" for value in values[:_MOST_VALUES]]
    return " ".join(words) + (" …" if len(values) > _MOST_VALUES else "")
