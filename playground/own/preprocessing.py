"""Turn a table into numbers for a network, according to the user's choices; every step is noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import OwnTable
from playground.catalog.datasets.columns import OTHER, Columns, Fill, TableColumn
from playground.catalog.datasets.own_table import MAX_FEATURES
from playground.catalog.messages import counted
from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.giveaways import giveaway_notes
from playground.own.names import distinct, listed
from playground.own.prepared import Note, Prepared
from playground.own.table import TableDraft
from playground.own.targets import rare, targets_of
from playground.own.work import go_on, limited
from playground.settings import settings

Gaps = Literal["drop", "mean", "most_frequent"]
"""What to do with a missing value: drop its row, or fill it in. "mean" fills in the most frequent value of a categorical column."""


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


@limited
def prepare_table(draft: TableDraft, choices: TableChoices) -> Prepared:
    """The table as rows of numbers, according to these choices; the notes list every step.

    Raises: OwnDataError if nothing is left to learn from, there is only one class, or a limit of the server is exceeded."""
    target, features = _chosen(draft, choices)
    notes = [*_left_out(draft, choices), *giveaway_notes(target, features, choices.task)]
    rows, dropping = _rows(draft, choices, target, features)
    notes += dropping
    targets = targets_of(target, rows, choices.task, choices.scale_target)
    notes += targets.notes
    inputs, columns, more = _inputs(features, rows, choices)
    notes += more
    columns = replace(columns, width=len(draft.columns), target=target.position, header=draft.header)
    description = {
        "family": "table", "features": list(distinct(columns.feature_names, 60)), "labels": list(targets.labels), "target": target.name,
        "columns": columns.plain, **columns.filling,
    }  # fmt: skip
    upload = Upload(inputs, targets.values, description)
    dataset = OwnTable(
        key=upload.key,
        called=draft.name,
        features=inputs.shape[1],
        labels=targets.labels,
        target_mean=targets.mean,
        target_deviation=targets.deviation,
        test_share=choices.test_share,
        seed=choices.seed,
    )
    counts = f"{len(inputs):,} of {counted(draft.rows, 'row')}, {counted(inputs.shape[1], 'feature')}"
    predicted = f"{len(targets.labels)} classes" if targets.labels else "a value"
    return Prepared(dataset, upload, (Note(f"{counts}; the target is “{target.name}”, {predicted}."), *notes, *rare(targets)))


def without_columns(prepared: Prepared) -> Prepared:
    """The same table as earlier versions stored it, without its original columns."""
    description = {name: value for name, value in prepared.upload.description.items() if name != "columns"}
    upload = replace(prepared.upload, description=description)
    return replace(prepared, upload=upload, dataset=prepared.dataset.model_copy(update={"key": upload.key}))


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


def _inputs(features: list[Column], rows: NDArray[np.intp], choices: TableChoices) -> tuple[NDArray[np.float32], Columns, list[Note]]:
    """Rows of numbers (N, D), NaN where a value has to be filled in; the columns that they come from; notes."""
    parts: list[NDArray[np.float32]] = []
    columns: list[TableColumn] = []
    notes: list[Note] = []
    width, limit = 0, settings().upload_unpacked_bytes
    for column in features:
        go_on()
        values = column.values[rows]
        if not column.present[rows].any():
            notes.append(Note(f"Left out “{column.name}”, which has no values in the remaining rows.", warning=True))
            continue
        if column.kind == "number":
            fill: Fill = "most_frequent" if _gaps(column, choices) == "most_frequent" else "mean"
            unit, codes = column.notation.unit, column.codes
            coded = TableColumn(column.name, column.position, fill=fill, separated=column.separated, unit=unit, codes=codes)
            parts.append(coded.features(values))
            how = "mean" if fill == "mean" else "most frequent value"
        else:
            coded, note = _categories(column, values.astype(np.int32), choices.most_categories)
            occurring, indices = np.unique(values.astype(np.int32), return_inverse=True)
            parts.append(coded.features([column.categories[index] if index >= 0 else None for index in occurring])[indices])
            notes.append(note)
            how = "most frequent value"
        columns.append(coded)
        if gaps := int((~column.present[rows]).sum()):
            values_are = "1 missing value is" if gaps == 1 else f"{gaps:,} missing values are"
            notes.append(Note(f"“{column.name}”: {values_are} filled with the {how} of the training rows."))
        width += len(coded.titles)
        if width > MAX_FEATURES or width * len(rows) * 4 > limit:
            raise OwnDataError(
                f"“{column.name}” brings the table to {width:,} features × {len(rows):,} rows; the limits are {MAX_FEATURES:,} "
                f"features and {limit:,} bytes (PLAYGROUND_UPLOAD_UNPACKED_BYTES); leave out columns, or allow fewer categories"
            )
    if not columns:
        raise OwnDataError(
            "no feature has any values in the remaining rows; fill in missing values instead of dropping rows, or use more columns"
        )
    return np.concatenate(parts, axis=1), Columns(tuple(columns)), notes


def _categories(column: Column, values: NDArray[np.int32], most: int) -> tuple[TableColumn, Note]:
    """One feature per category, in alphabetical order, then one for all rarer ones."""
    counts = np.bincount(values[values >= 0], minlength=len(column.categories))
    there = np.flatnonzero(counts)
    frequent = there[np.argsort(-counts[there], kind="stable")]
    kept = frequent if len(frequent) <= most else frequent[: max(1, most - 1)]
    others = len(there) - len(kept)
    names = tuple(sorted(column.categories[index] for index in kept))
    missing = column.missing_category
    coded = TableColumn(column.name, column.position, names, others > 0, "most_frequent", missing=missing, codes=column.codes)
    count = len(coded.titles)
    text = f"“{column.name}” becomes {count} feature{'s' if count > 1 else ''}, one per category"
    return coded, Note(f"{text}; {others:,} rare categories share “{OTHER}”." if others else f"{text}.")
