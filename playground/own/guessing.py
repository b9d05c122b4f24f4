"""The choices that are suggested for a table: a target that can be learned, as classes or a value, and what to leave out."""

import numpy as np

from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.names import listed
from playground.own.preprocessing import TableChoices
from playground.own.table import TableDraft
from playground.own.target_names import Task, name_weight, usual_task
from playground.own.targets import like_classes
from playground.own.times import has_dates
from playground.own.work import limited
from playground.settings import settings

_MANY_GAPS = 0.2
_FEW_ROWS, _LEAST_ROWS = 5, 2
"""Rows per class: with fewer it is hard to learn, or cannot be learned."""
_FEW_CELLS = 20
"""In so few rows, text that occurs once says little about the column."""
_LAST, _FIRST, _CLASSES, _HARD, _GAPPY = 2.0, 1.0, 1.0, -6.0, -3.0
"""Weights: of a column at the end or the beginning, of classes, of too few rows per class, and of a column that is mostly missing."""


@limited
def guess(draft: TableDraft) -> TableChoices:
    """Default choices. The target is a column that can be learned: classes that occur repeatedly, or a number that is not the number of the
    row. A typical name weighs most, then its position. Columns that say nothing are left out, but never the only feature.

    Raises: OwnDataError if nothing can be learned from this table, with the reason for each column."""
    varied = [column for column in draft.columns if column.kind != "empty" and not column.constant]
    target = _target(draft, varied)
    others = [column for column in varied if column is not target]
    if target is None or not others:
        raise OwnDataError(_nothing(draft, varied))
    kept = [column for column in others if _is_informative(column)] or _least_bad(others)
    used = [target, *kept]
    dropped = frozenset(column.position for column in draft.columns if column not in used)
    whole = np.logical_and.reduce([column.present for column in used])
    left = target.values[whole]
    drop = whole.mean() >= 1 - _MANY_GAPS and (left != left[0]).any()
    return TableChoices(target=target.position, task=task_of(target), dropped=dropped, missing="drop" if drop else "mean")


def task_of(column: Column) -> Task:
    """What to predict of this column: its name decides if whole numbers can be both."""
    if column.kind != "number":
        return "classes"
    usual = usual_task(column.name)
    if usual == "classes" and column.whole and column.distinct <= min(settings().upload_classes, column.present.sum() / _FEW_ROWS):
        return "classes"
    return "value" if usual == "value" or not like_classes(column) else "classes"


def _target(draft: TableDraft, varied: list[Column]) -> Column | None:
    """The most usual target among columns with different values; None if none can be learned."""
    rows = {column.position: _rows_per_class(column) for column in varied}
    candidates = [column for column in varied if rows[column.position] >= _LEAST_ROWS and not column.identifier]
    candidates = candidates or [column for column in varied if rows[column.position] and (column.kind == "number" or not column.identifier)]
    every = [column.name for column in draft.columns]
    names = {column.position: name_weight(column.name, every) for column in candidates}
    usual = [column for column in candidates if names[column.position] >= 0] or candidates

    def weight(column: Column) -> float:
        return (
            names[column.position]
            + _LAST * (column is usual[-1])
            + _FIRST * (column is usual[0])
            + _CLASSES * (task_of(column) == "classes")
            + _HARD * (rows[column.position] < _FEW_ROWS)
            + _GAPPY * (column.missing > 0.5 * len(column.values))
        )

    return max(reversed(candidates), key=weight, default=None)


def _rows_per_class(column: Column) -> float:
    """Rows of each class, on average, except for those of the most frequent class; infinite for a value, 0 for dates and for more classes
    than the server allows."""
    if task_of(column) == "value":
        return float("inf")
    if _is_dated(column) or column.distinct > settings().upload_classes:
        return 0.0
    _, counts = np.unique(column.values[column.present], return_counts=True)
    return float(counts.sum() - counts.max()) / (len(counts) - 1)


def _is_dated(column: Column) -> bool:
    return column.kind == "date" or has_dates(column)


def _is_informative(column: Column) -> bool:
    """Whether a network can learn from this feature: no row number, no date, and no text that hardly ever occurs again."""
    if column.kind == "number" or column.identifier:
        return not column.identifier
    return not _is_dated(column) and column.distinct * _LEAST_ROWS <= max(column.present.sum(), _FEW_CELLS)


def _least_bad(columns: list[Column]) -> list[Column]:
    """Of columns that would be left out, the numbers, or else the text, or else the dates: a table keeps at least one feature."""
    numbers = [column for column in columns if column.kind == "number"]
    return numbers or [column for column in columns if not _is_dated(column)] or columns


def _nothing(draft: TableDraft, varied: list[Column]) -> str:
    """Why nothing can be learned."""
    if not varied:
        return "every column is empty or has the same value in every row, so there is nothing to learn; upload a table with more rows"
    if len(varied) == 1:
        forecast = ", or use it as a time series" if varied[0].kind == "number" else ""
        if len(draft.columns) == 1:
            return f"the table has one column, but needs at least two, a feature and a target; add columns to learn from{forecast}"
        return (
            f"“{varied[0].name}” cannot be predicted from anything, because every other column is empty or has a single value; add columns "
            f"to learn from{forecast}"
        )
    names = listed(f"“{column.name}” ({_why_not(column)})" for column in varied)
    return f"no column can be predicted: {names}; add a column with classes that occur repeatedly, or with numbers"


def _why_not(column: Column) -> str:
    if _is_dated(column):
        return "dates"
    if column.identifier:
        return "different in nearly every row"
    return f"{column.distinct:,} classes in {column.present.sum():,} rows; at most {settings().upload_classes:,}"
