"""Features that give the target away: a code of the class, the same value in another unit. A network would read the answer off them, and
find none where they are not known yet.

Measured on a sample of the rows, so that it takes no longer for a large table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.own import MAX_LABELS
from playground.own.columns import Column
from playground.own.names import listed
from playground.own.prepared import Note
from playground.own.work import go_on

_SAMPLE = 20_000
_LEAST_ROWS = 20
_ROWS_PER_VALUE = 4
"""Values of a category must occur so often on average to say something about other rows."""
_RENAMED, _FINER = 0.05, 0.01
"""Share of the rows, of those that the most frequent class gets wrong, that may differ: where each class has one value, and where it has
several."""
_SAME = 0.999
"""Share of the variance of a target that the column explains."""


@dataclass(frozen=True)
class Giveaway:
    """column: the feature. what: how it gives the target away, in words."""

    column: Column
    what: str


def giveaways(target: Column, features: Sequence[Column], task: Literal["classes", "value"]) -> list[Giveaway]:
    """Features from which the target can be read, in order. The only feature is none: there is nothing else to learn from."""
    if len(features) < 2:
        return []
    rows = np.arange(len(target.values))
    if len(rows) > _SAMPLE:
        rows = np.sort(np.random.default_rng(0).choice(rows, _SAMPLE, replace=False))
    found = [(column, _what(column, target, task, rows)) for column in features]
    return [Giveaway(column, what) for column, what in found if what is not None]


def giveaway_notes(target: Column, features: Sequence[Column], task: Literal["classes", "value"]) -> list[Note]:
    """What to do about them; one note for all columns that do it in the same way."""
    names: dict[str, list[str]] = {}
    for giveaway in giveaways(target, features, task):
        names.setdefault(giveaway.what, []).append(f"“{giveaway.column.name}”")
    return [Note(_advice(columns, what, target.name), warning=True) for what, columns in names.items()]


def _advice(columns: list[str], what: str, target: str) -> str:
    if len(columns) == 1:
        return f"{columns[0]} gives the target away: {what}. Leave it out unless it is known before “{target}” is."
    return f"{listed(columns)} give the target away: {what}. Leave them out unless they are known before “{target}” is."


def _what(column: Column, target: Column, task: Literal["classes", "value"], rows: NDArray[np.intp]) -> str | None:
    go_on()
    both = rows[column.present[rows] & target.present[rows]]
    if len(both) < _LEAST_ROWS:
        return None
    values, answers = column.values[both], target.values[both]
    if task == "classes":
        return _tells_class(values, answers, target.name)
    if column.kind == "number":
        return _follows(values.astype(np.float64), answers.astype(np.float64), target.name)
    return _tells_value(values, answers.astype(np.float64), target.name)


def _tells_class(values: NDArray[np.generic], answers: NDArray[np.generic], target: str) -> str | None:
    """Whether nearly each value occurs with one class only."""
    kinds, value = np.unique(values, return_inverse=True)
    classes, answer = np.unique(answers, return_inverse=True)
    if not 2 <= len(classes) <= MAX_LABELS or len(kinds) * _ROWS_PER_VALUE > len(values):
        return None
    table = np.bincount(value * len(classes) + answer, minlength=len(kinds) * len(classes)).reshape(len(kinds), len(classes))
    wrong, without = len(values) - int(table.max(axis=1).sum()), len(values) - int(table.sum(axis=0).max())
    one_to_one = len(kinds) == len(classes) == len(np.unique(table.argmax(axis=1)))
    if wrong > (_RENAMED if one_to_one else _FINER) * without:
        return None
    rows = "all rows" if not wrong else f"{1 - wrong / len(values):.1%} of the rows"
    return f"“{target}” follows from the value in {rows}"


def _follows(values: NDArray[np.float64], answers: NDArray[np.float64], target: str) -> str | None:
    """Whether the target is nearly a linear, or another rising or falling, function of a number."""
    if values.std() == 0 or answers.std() == 0:
        return None
    if np.corrcoef(values, answers)[0, 1] ** 2 >= _SAME:
        return f"“{target}” is nearly a linear function of the value"
    if len(np.unique(answers)) >= _LEAST_ROWS and np.corrcoef(_ranks(values), _ranks(answers))[0, 1] ** 2 >= _SAME:
        return f"“{target}” rises or falls exactly with the value"
    return None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def _tells_value(values: NDArray[np.generic], answers: NDArray[np.float64], target: str) -> str | None:
    """Whether rows of the same category nearly have the same value."""
    kinds, value = np.unique(values, return_inverse=True)
    spread = answers.var()
    if spread == 0 or len(kinds) * _ROWS_PER_VALUE > len(values):
        return None
    means = np.bincount(value, answers) / np.bincount(value)
    return f"“{target}” follows from the category" if ((answers - means[value]) ** 2).mean() <= (1 - _SAME) * spread else None
