"""Predictions for rows with the columns that a network was trained on."""

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from playground.catalog.datasets.columns import OTHER, Columns, FittedColumns, TableColumn
from playground.own.cells import is_missing, number_in, read_cells
from playground.own.columns import LARGEST, number_text
from playground.own.names import listed, shown
from playground.predicting.answers import PredictError, Prediction, Predictions, answers_of, is_number
from playground.runs.directory import LoadedRun

_NAMED = 20
"""At most so many categories are named in a message."""
_GROUPED = {sign: re.compile(rf"([+-]?[1-9][0-9]{{0,2}})\{sign}([0-9]{{3}})") for sign in ",."}
"""Numbers that mean something else if the sign is the decimal one."""
_ABSENT = object()
"""Stands for the value of a column that a row does not have."""


def predict_rows(run: LoadedRun, rows: Sequence[Mapping[str, Any]]) -> Predictions:
    """Predictions for rows, each a mapping from the name of a column to its value: a number, a text as in a CSV file, or None if it is
    missing. Further entries are ignored.

    Raises: PredictError if the network does not take rows; DataError if that is unknown, because the data of an old run is gone."""
    fitted = columns_of(run)
    names = [column.name for column in fitted.columns.columns]
    reading = _Reading(fitted, [f"row {index + 1}" for index in range(len(rows))])
    for position, name in enumerate(names):
        reading.read(position, [row.get(name, _ABSENT) for row in rows], decimal_comma=False)
    reading.ignore({str(name): None for row in rows for name in row if name not in names})
    return reading.predictions(run)


def predict_table(run: LoadedRun, content: bytes, name: str = "rows.csv") -> Predictions:
    """Predictions for the rows of a CSV file. Its columns are found by their names, in any order; those of a table without names by their
    position, with or without the target.

    Raises: PredictError if the network does not take rows, or the file lacks a column; DataError if it cannot be read."""
    fitted = columns_of(run)
    columns = fitted.columns
    table = read_cells(content, name, [shown(column.name) for column in columns.columns] if columns.header else ())
    width = len(table.names) or len(table.rows[0][1])
    positions = _positions(columns, table.names, width)
    reading = _Reading(fitted, [f"line {line:,}" for line, _ in table.rows])
    for index, (_, cells) in enumerate(table.rows):
        if len(cells) < width or any(cells[width:]):
            reading.problems[index].append(f"has {len(cells)} cells instead of {width}")
    for index, position in enumerate(positions):
        reading.read(index, [cells[position] if position < len(cells) else "" for _, cells in table.rows], table.decimal_comma)
    reading.ignore(dict.fromkeys(name for position, name in enumerate(table.names) if position not in positions))
    found = reading.predictions(run)
    given = zip(found.predictions, table.rows, strict=True)
    return replace(found, predictions=tuple(replace(one, cells=cells) for one, (_, cells) in given), columns=table.names)


def columns_of(run: LoadedRun) -> FittedColumns:
    """The columns of a run. Raises: as `predict_rows`."""
    fitted = run.columns
    if fitted is None:
        raise PredictError(f"this network takes {run.spec.data.encoding.examples}, not rows of a table")
    return fitted


def _positions(columns: Columns, names: Sequence[str], width: int) -> list[int]:
    """Where each column stands in a file."""
    if not columns.header:
        return _unnamed_positions(columns, width)
    wanted = [shown(column.name) for column in columns.columns]
    missing = [name for name in wanted if name not in names]
    if missing:
        close = [match for name in missing for match in difflib.get_close_matches(name, names, 1)]
        meant = f"; did you mean to rename {listed(f'“{name}”' for name in close)}?" if close else ""
        quoted = listed((f"“{name}”" for name in missing), _NAMED)
        are = "column {} is" if len(missing) == 1 else "columns {} are"
        raise PredictError(f"the {are.format(quoted)} missing; the file has {listed(names, _NAMED)}{meant}")
    repeated = [name for name in wanted if (again := f"{name} (2)") in names and again not in wanted]
    if repeated:
        raise PredictError(f"the column “{repeated[0]}” occurs more than once; keep one of them")
    return [list(names).index(name) for name in wanted]


def _unnamed_positions(columns: Columns, width: int) -> list[int]:
    expected = columns.width or len(columns.columns)
    target = expected if columns.target is None else columns.target
    if width == expected:
        return [column.position for column in columns.columns]
    if width == expected - 1 and columns.target is not None:
        return [column.position - (column.position > target) for column in columns.columns]
    raise PredictError(f"the rows have {width} cells; those of the training table have {expected}, or {expected - 1} without the target")


@dataclass
class _Reading:
    """Collects the cells of each column. names: of the rows; problems: of each row."""

    fitted: FittedColumns
    names: list[str]
    problems: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)

    def read(self, position: int, values: Sequence[Any], decimal_comma: bool) -> None:
        """Adds a column."""
        column = self.fitted.columns.columns[position]
        convert: Callable[[int, Any, bool], tuple[float | str, str]] = self._number if column.kind == "number" else self._category
        missing: list[int] = []
        noted: dict[str, list[int]] = defaultdict(list)
        cells = []
        for row, value in enumerate(values):
            cell: float | str | None = None
            text = value.strip() if isinstance(value, str) else ""
            if value is _ABSENT:
                self.problems[row].append(f"the column “{column.name}” is missing")
            elif _is_missing(column, text if isinstance(value, str) else value):
                if column.missing:
                    cell = column.missing
                else:
                    missing.append(row)
            else:
                try:
                    cell, note = convert(position, value, decimal_comma)
                    if note:
                        noted[note].append(row)
                except ValueError as error:
                    self.problems[row].append(str(error))
            cells.append(cell)
        self.cells.append(np.array(cells, np.float64) if column.kind == "number" else cells)
        missing = [row for row in missing if row not in self.problems]
        if missing:
            self.notes.append(f"“{column.name}”: {self._values(missing)} missing; filled with {self._filling(position)}.")
        for note, rows in noted.items():
            self.notes.append(f"“{column.name}”: {note} ({self._where(rows)}).")

    def ignore(self, names: Mapping[str, None]) -> None:
        """Says which columns are not used."""
        extra = [f"“{shown(name) or '?'}”" + (" (the target)" if name == self.fitted.target else "") for name in names]
        if extra:
            self.notes.insert(
                0,
                f"Ignored the column{'s' if len(extra) > 1 else ''} {listed(extra, _NAMED)}: the network does not use "
                f"{'them' if len(extra) > 1 else 'it'}.",
            )

    def predictions(self, run: LoadedRun) -> Predictions:
        rows = [row for row in range(len(self.names)) if row not in self.problems]
        answers: list[dict[str, Any]] = []
        if rows:
            kept = [cells[rows] if isinstance(cells, np.ndarray) else [cells[row] for row in rows] for cells in self.cells]
            answers = answers_of(run, self.fitted.inputs(self.fitted.columns.features(kept)), (self.fitted.target,))
        found = dict(zip(rows, answers, strict=True))
        return Predictions(
            tuple(Prediction(name, found.get(row, {}), "; ".join(self.problems.get(row, ()))) for row, name in enumerate(self.names)),
            tuple(self.notes),
        )

    def _number(self, position: int, value: Any, decimal_comma: bool) -> tuple[float, str]:
        """The number, and a note about it, or "". Raises: ValueError if it is none."""
        column = self.fitted.columns.columns[position]
        if isinstance(value, str):
            text = value.strip()
            comma = decimal_comma or column.separated == "."
            separator = "." if comma else ","
            if separator in text and column.separated != separator and (grouped := _GROUPED[separator].fullmatch(text)):
                digits = f"{grouped[1]}{grouped[2]} or {grouped[1]}.{grouped[2]}"
                raise ValueError(f"“{column.name}”: “{shown(value)}” could be {digits}; write it without a thousands separator")
            number = number_in(text, comma, column.unit)
            if number is None:
                raise ValueError(f"“{column.name}”: “{shown(value)}” is not a number{_remedy(value)}")
        elif is_number(value):
            number = float(value)
        else:
            raise ValueError(f"“{column.name}”: {shown(repr(value))} is not a number")
        if abs(number) > LARGEST:
            raise ValueError(f"“{column.name}”: {shown(str(value))} is beyond 1e30")
        index = self.fitted.columns.starts[position]
        low, high = self.fitted.lows[index], self.fitted.highs[index]
        if not low - _slack(low) <= number <= high + _slack(high):
            return number, f"outside of the range in training, {number_text(low)} to {number_text(high)}; the prediction is a guess there"
        return number, ""

    def _category(self, position: int, value: Any, decimal_comma: bool) -> tuple[str, str]:
        """The category, and a note about it, or "". Raises: ValueError if it is unknown."""
        column = self.fitted.columns.columns[position]
        text = value.strip() if isinstance(value, str) else number_text(float(value)) if is_number(value) else str(value)
        if column.knows(text) or (column.other and text == OTHER):
            return text, ""
        if column.other:
            return text, f"“{shown(text)}” has no feature of its own and counts as “{OTHER}”"
        raise ValueError(f"“{column.name}”: “{shown(text)}” is unknown; known are {listed(column.categories, _NAMED)}")

    def _filling(self, position: int) -> str:
        column, start = self.fitted.columns.columns[position], self.fitted.columns.starts[position]
        return filling_text(column, self.fitted.fillings[start : start + len(column.titles)])

    def _values(self, rows: Sequence[int]) -> str:
        return f"1 value ({self._where(rows)}) is" if len(rows) == 1 else f"{len(rows):,} values ({self._where(rows)}) are"

    def _where(self, rows: Sequence[int]) -> str:
        return listed((self.names[row] for row in rows), 5)


def _is_missing(column: TableColumn, value: Any) -> bool:
    """Whether a value, stripped if it is a text, means that there is none."""
    if isinstance(value, str):
        return not column.knows(value) and (is_missing(value) or column.is_code(value) or _is_number_code(column, value))
    return value is None or (is_number(value) and column.is_code(float(value))) or (isinstance(value, float) and math.isnan(value))


def _is_number_code(column: TableColumn, text: str) -> bool:
    return (
        column.kind == "number"
        and bool(column.codes)
        and (number := number_in(text, False, column.unit)) is not None
        and column.is_code(number)
    )


def filling_text(column: TableColumn, fillings: Sequence[float]) -> str:
    """What replaces a missing value of a column, in words."""
    if column.kind == "number":
        return f"the {'mean' if column.fill == 'mean' else 'most frequent value'} of the training rows, {number_text(fillings[0])}"
    return f"the most frequent category of the training rows, “{column.titles[int(np.argmax(fillings))]}”"


def _slack(bound: float) -> float:
    """Bounds are those of float32 numbers."""
    return 1e-6 * abs(bound)


def _remedy(value: str) -> str:
    """What to do about a cell that has digits in it."""
    return "; write the number alone, without a unit" if any(sign.isdigit() for sign in value) else ""
