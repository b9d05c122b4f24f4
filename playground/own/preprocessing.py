"""Turn a table into numbers for a network, according to the user's choices; every step is noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets import OwnTable
from playground.catalog.datasets.own_table import MAX_FEATURES
from playground.catalog.datasets.uploads import Upload
from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed
from playground.own.prepared import Note, Prepared
from playground.own.table import TableDraft
from playground.own.targets import is_named_target, like_classes, rare, targets_of
from playground.settings import settings

Gaps = Literal["drop", "mean", "most_frequent"]
"""What to do with a missing value: drop its row, or fill it in. "mean" fills in the most frequent value of a categorical column."""

_MANY_GAPS = 0.2


@dataclass(frozen=True)
class TableChoices:
    """How to learn from a table; columns are given by position, from 0.

    target: the column to predict. task: predict classes or a value. dropped: columns to leave out. missing: what to do with missing values;
    by_column: exceptions for single columns. most_categories: maximum number of features per categorical column; rarer categories share
    one, "other". scale_target: standardize a target of values; without it, large values such as prices are hard to learn."""

    target: int
    task: Literal["classes", "value"]
    dropped: frozenset[int] = frozenset()
    missing: Gaps = "drop"
    by_column: Mapping[int, Gaps] = field(default_factory=dict)
    most_categories: int = 20
    scale_target: bool = True
    test_share: float = 0.2
    seed: int = 0


def guess(draft: TableDraft) -> TableChoices:
    """Default choices: predict the last suitable column, or one with a typical name; leave out uninformative columns."""
    useless = {column.position for column in draft.columns if not _is_informative(column)}
    candidates = [column for column in draft.columns if column.distinct > 1 and column.kind != "empty"]
    named = [column for column in candidates if is_named_target(column)]
    useful = [column for column in candidates if column.position not in useless]
    target = (named or useful or candidates or list(draft.columns))[-1]
    dropped = frozenset(useless - {target.position})
    if len(dropped) == len(draft.columns) - 1:  # a column of numbers that all differ may be an index, or the only thing to learn from
        dropped -= {column.position for column in draft.columns if column.kind == "number" and not column.constant}
    used = [column for column in draft.columns if column.position not in dropped]
    whole = np.logical_and.reduce([column.present for column in used])
    return TableChoices(
        target=target.position,
        task="classes" if like_classes(target) else "value",
        dropped=dropped,
        missing="drop" if whole.mean() >= 1 - _MANY_GAPS else "mean",
    )


def _is_informative(column: Column) -> bool:
    return column.kind in ("number", "category") and not column.identifier and not column.constant


def prepare_table(draft: TableDraft, choices: TableChoices) -> Prepared:
    """The table as rows of numbers, according to these choices; the notes list every step.

    Raises: OwnDataError if nothing is left to learn from, there is only one class, or a limit of the server is exceeded."""
    target, features = _chosen(draft, choices)
    notes = _left_out(draft, choices)
    rows, dropping = _rows(draft, choices, target, features)
    notes += dropping
    targets, labels, more = targets_of(target, rows, choices.task, choices.scale_target)
    notes += more
    inputs, names, fillings, more = _inputs(features, rows, choices)
    notes += more
    description = {"family": "table", "features": list(names), "labels": list(labels), "target": target.name, **fillings}
    upload = Upload(inputs, targets, description)
    dataset = OwnTable(
        key=upload.key, called=draft.name, features=len(names), labels=labels, test_share=choices.test_share, seed=choices.seed
    )
    counts = f"{len(inputs):,} of {draft.rows:,} rows, {len(names):,} feature{'s' if len(names) > 1 else ''}"
    predicted = f"{len(labels)} classes" if labels else "a value"
    return Prepared(dataset, upload, (Note(f"{counts}; the target is “{target.name}”, {predicted}."), *notes, *rare(targets, labels)))


def _chosen(draft: TableDraft, choices: TableChoices) -> tuple[Column, list[Column]]:
    width = len(draft.columns)
    for position in (choices.target, *choices.dropped, *choices.by_column):
        if not 0 <= position < width:
            raise OwnDataError(f"column {position + 1} does not exist; choose one from 1 to {width}")
    target = draft.columns[choices.target]
    if target.kind == "empty":
        raise OwnDataError(f"“{target.name}” is empty, so it cannot be predicted; choose another target")
    features = [each for each in draft.columns if each is not target and each.position not in choices.dropped and each.kind != "empty"]
    if not features:
        raise OwnDataError("there are no features to learn from; choose at least one")
    return target, features


def _left_out(draft: TableDraft, choices: TableChoices) -> list[Note]:
    left = [
        f"“{column.name}”{_reason(column)}"
        for column in draft.columns
        if column.position != choices.target and (column.position in choices.dropped or column.kind == "empty")
    ]
    return [Note(f"Left out: {listed(left, 20)}.")] if left else []


def _reason(column: Column) -> str:
    if column.kind in ("empty", "date"):
        return {"empty": " (empty)", "date": " (dates)"}[column.kind]
    if column.constant:
        return " (one value)"
    return " (different in nearly every row)" if column.identifier else ""


def _rows(draft: TableDraft, choices: TableChoices, target: Column, features: list[Column]) -> tuple[NDArray[np.intp], list[Note]]:
    """Indices of the rows that are kept."""
    notes = []
    stays = target.present.copy()
    if gone := draft.rows - int(stays.sum()):
        notes.append(Note(f"Dropped {_counted(gone)} without a value of the target “{target.name}”.", warning=True))
    for column in features:
        if _gaps(column, choices) == "drop":
            before = int(stays.sum())
            stays &= column.present
            if gone := before - int(stays.sum()):
                notes.append(Note(f"Dropped {_counted(gone)} without a value of “{column.name}”."))
    rows = np.flatnonzero(stays)
    if len(rows) < 2:
        worst = max(features, key=lambda column: column.missing)
        raise OwnDataError(
            f"{['no row remains', 'one row remains'][len(rows)]} without missing values, but at least 2 are needed; fill in missing values "
            f"instead, or leave out the column with the most, “{worst.name}” ({worst.missing:,} of {draft.rows:,})"
        )
    return rows, notes


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _gaps(column: Column, choices: TableChoices) -> Gaps:
    return choices.by_column.get(column.position, choices.missing)


def _inputs(
    features: list[Column], rows: NDArray[np.intp], choices: TableChoices
) -> tuple[NDArray[np.float32], tuple[str, ...], dict[str, list[list[int]]], list[Note]]:
    """Rows of numbers (N, D), NaN where a value has to be filled in; names of the features; how `OwnTable` should fill them; notes."""
    columns: list[NDArray[np.float32]] = []
    names: list[str] = []
    fillings: dict[str, list[list[int]]] = {"groups": [], "modes": []}
    notes: list[Note] = []
    limit = settings().upload_unpacked_bytes
    for column in features:
        values = column.values[rows]
        if not column.present[rows].any():
            notes.append(Note(f"Left out “{column.name}”, which has no values in the remaining rows.", warning=True))
            continue
        if column.kind == "number":
            columns.append(values.astype(np.float32))
            names.append(column.name)
            how = "mean"
            if _gaps(column, choices) == "most_frequent":
                how = "most frequent value"
                fillings["modes"].append([len(names) - 1])
        else:
            coded, titles, note = _one_hot(column, values.astype(np.int32), choices.most_categories)
            fillings["groups"].append([len(names), len(titles)])
            columns.extend(coded)
            names.extend(f"{column.name} = {title}" for title in titles)
            notes.append(note)
            how = "most frequent value"
        if gaps := int((~column.present[rows]).sum()):
            values_are = "1 missing value is" if gaps == 1 else f"{gaps:,} missing values are"
            notes.append(Note(f"“{column.name}”: {values_are} filled with the {how} of the training rows."))
        if len(names) > MAX_FEATURES or len(names) * len(rows) * 4 > limit:
            raise OwnDataError(
                f"“{column.name}” brings the table to {len(names):,} features × {len(rows):,} rows; the limits are {MAX_FEATURES:,} "
                f"features and {limit:,} bytes (PLAYGROUND_UPLOAD_UNPACKED_BYTES); leave out columns, or allow fewer categories"
            )
    if not columns:
        raise OwnDataError(
            "no feature has any values in the remaining rows; fill in missing values instead of dropping rows, or use more columns"
        )
    return np.stack(columns, axis=1), distinct(names, 60), fillings, notes


def _one_hot(column: Column, values: NDArray[np.int32], most: int) -> tuple[list[NDArray[np.float32]], list[str], Note]:
    """One-hot encoding: one feature per category, in alphabetical order, "other" last."""
    counts = np.bincount(values[values >= 0], minlength=len(column.categories))
    there = np.flatnonzero(counts)
    frequent = there[np.argsort(-counts[there], kind="stable")]
    kept = frequent if len(frequent) <= most else frequent[: max(1, most - 1)]
    kept = np.array(sorted(kept, key=lambda index: column.categories[index]), dtype=np.int64)
    index_of = np.full(len(column.categories) + 1, len(kept), dtype=np.int64)
    index_of[kept] = np.arange(len(kept))
    indices = np.where(values >= 0, index_of[values], -1)
    titles = [column.categories[index] for index in kept]
    others = len(there) - len(kept)
    if others:
        titles.append("other")
    features = [np.where(indices < 0, np.nan, indices == index).astype(np.float32) for index in range(len(titles))]
    text = f"“{column.name}” becomes {len(titles)} feature{'s' if len(titles) > 1 else ''}, one per category"
    return features, titles, Note(f"{text}; {others:,} rare categories share “other”." if others else f"{text}.")
