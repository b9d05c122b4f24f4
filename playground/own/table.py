"""A table as text (CSV), read and described. Nothing of it is changed without a note."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.columns import MISSING, Column, NotNumbersError, number_column, numbers_of, text_column
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed, short_name, shown
from playground.own.prepared import Note
from playground.own.text import Layout, layout_of, rows
from playground.settings import settings

_SAMPLE = 200
_CHUNK_CELLS = 100_000
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class TableDraft:
    """A table that was read, before anything is chosen. name: the file's, short. rows: how many. header: whether its first row names the
    columns. notes: what was found, each in a sentence."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    header: bool
    layout: Layout
    notes: tuple[Note, ...]

    def first_rows(self, count: int = 8) -> list[list[str]]:
        """As shown, "" where missing."""
        return [[column.text(row) for column in self.columns] for row in range(min(count, self.rows))]


def read_table(content: bytes, name: str = "table.csv", header: bool | None = None) -> TableDraft:
    """The table in a file of text. header: whether the first row names the columns; None looks for itself.

    Raises: OwnDataError if it is no table, or larger than the server takes."""
    limits = settings()
    if len(content) > limits.upload_bytes:
        raise OwnDataError(
            f"{shown(name)}: {len(content):,} bytes; a file may have at most {limits.upload_bytes:,} (PLAYGROUND_UPLOAD_BYTES):"
            " bring fewer rows"
        )
    if not content.strip():
        raise OwnDataError(f"{shown(name)}: the file is empty; bring one with a row for each example")
    layout = layout_of(content)
    form = _form(content, layout, header)
    reading = _Reading(content, layout, form)
    columns = reading.columns()
    notes = [*_layout_notes(layout, form), *reading.notes(), *_column_notes(columns)]
    return TableDraft(short_name(name), columns, reading.rows, form.header is not None, layout, tuple(notes))


@dataclass(frozen=True)
class _Form:
    """width: cells in most rows. header: the first row's cells where it names the columns. row_names: the header has one cell less, as R
    writes it."""

    width: int
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    renamed: tuple[str, ...] = ()


def _form(content: bytes, layout: Layout, header: bool | None) -> _Form:
    limit = settings().upload_columns
    sample = []
    for line, row in islice(((line, row) for line, row in rows(content, layout) if any(map(str.strip, row))), _SAMPLE):
        if len(row) > limit:
            raise OwnDataError(
                f"line {line:,}: {len(row):,} columns; a table may have at most {limit:,} (PLAYGROUND_UPLOAD_COLUMNS): leave some out"
            )
        sample.append([cell.strip() for cell in row])
    if not sample:
        raise OwnDataError("the file has no row with anything in it; bring one with a row for each example")
    widths = Counter(len(row) for row in sample[1:] or sample)
    width = widths.most_common(1)[0][0]
    if width == 1:
        raise OwnDataError(
            "the table has one column, but needs at least two: one to learn from, one to be learned; columns are separated by comma, "
            "semicolon, tab or vertical bar"
        )
    first = sample[0]
    if len(first) == width - 1 and _names_columns(["", *first], sample[1:], layout):
        first = ["", *first]
    below = [row for row in sample[1:] if len(row) == width]
    has_header = header if header is not None else len(first) == width and _names_columns(first, below, layout)
    if not has_header:
        return _Form(width, tuple(f"column {place + 1}" for place in range(width)), None)
    padded = [*first, *[""] * width][:width]
    named = [shown(cell) or f"column {place + 1}" for place, cell in enumerate(padded)]
    names = distinct(named)
    return _Form(width, names, tuple(sample[0]), tuple(name for name, before in zip(names, named, strict=True) if name != before))


def _names_columns(first: Sequence[str], below: Sequence[Sequence[str]], layout: Layout) -> bool:
    """Whether a row names the columns: no cell of it is a number, and a column below is of numbers, or no cell occurs again below."""
    if any(cell not in MISSING and _is_number(cell, layout) for cell in first):
        return False
    if not below:
        return True
    rows_below = [row for row in below if len(row) == len(first) and list(row) != list(first)]  # the names may stand there again
    columns = list(zip(*rows_below, strict=True))
    if any(
        cell and any(each not in MISSING for each in column) and all(each in MISSING or _is_number(each, layout) for each in column)
        for cell, column in zip(first, columns, strict=False)
    ):
        return True
    named = [cell for cell in first if cell]
    return len(set(named)) == len(named) > 0 and not any(cell in column for cell, column in zip(first, columns, strict=False) if cell)


def _is_number(cell: str, layout: Layout) -> bool:
    for comma in {layout.decimal_comma, False}:
        try:
            numbers_of([cell], comma, Counter())
        except NotNumbersError:
            continue
        return True
    return False


Mode = Literal["comma", "plain", "text"]


@dataclass
class _Building:
    """A column while it is read. modes: what it may still be, the first of them is tried."""

    modes: list[Mode]
    parts: list[NDArray[np.float64] | NDArray[np.int32]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    places: dict[str, int] = field(default_factory=dict)
    dots: bool = False
    failed: bool = False

    def restart(self) -> None:
        self.modes = self.modes[1:]
        self.parts, self.missing, self.places, self.dots, self.failed = [], Counter(), {}, False, False

    def add(self, cells: Sequence[str]) -> None:
        if self.failed:
            return
        if self.modes[0] == "text":
            self.parts.append(self._coded(cells))
            return
        try:
            self.parts.append(numbers_of(cells, self.modes[0] == "comma", self.missing))
            self.dots = self.dots or (self.modes[0] == "comma" and any("." in cell for cell in cells))
        except NotNumbersError:
            if self.parts:  # earlier cells must be read again
                self.failed = True
            else:
                self.restart()
                self.add(cells)

    def _coded(self, cells: Sequence[str]) -> NDArray[np.int32]:
        codes = np.empty(len(cells), np.int32)
        places = self.places
        for row, cell in enumerate(cells):
            plain = cell.strip()
            if plain in MISSING:
                self.missing[plain] += 1
                codes[row] = -1
            else:
                codes[row] = places.setdefault(plain, len(places))
        return codes

    def column(self, position: int, name: str) -> Column:
        if self.modes[0] == "text":
            values = np.concatenate([np.asarray(part, np.int32) for part in self.parts])
            return text_column(position, name, values, list(self.places), self.missing)
        numbers = np.concatenate([np.asarray(part, np.float64) for part in self.parts])
        return number_column(position, name, numbers, self.missing, self.modes[0] == "comma", self.dots)


class _Reading:
    """Goes through the file, again for the columns that turned out to be something else than they began as."""

    def __init__(self, content: bytes, layout: Layout, form: _Form) -> None:
        self._content, self._layout, self._form = content, layout, form
        self.rows = 0
        self._ragged: list[tuple[int, int]] = []
        self._repeated: list[int] = []
        self._blank = 0

    def columns(self) -> tuple[Column, ...]:
        modes: list[Mode] = ["comma", "plain", "text"] if self._layout.decimal_comma else ["plain", "text"]
        building = [_Building(list(modes)) for _ in range(self._form.width)]
        waiting = list(range(self._form.width))
        while waiting:
            self._pass(building, waiting)
            waiting = [place for place in waiting if building[place].failed]
            for place in waiting:
                building[place].restart()
        return tuple(each.column(place, self._form.names[place]) for place, each in enumerate(building))

    def _pass(self, building: list[_Building], places: list[int]) -> None:
        self.rows, self._ragged, self._repeated, self._blank = 0, [], [], 0
        limits, width = settings(), self._form.width
        chunk: list[list[str]] = []
        size = max(1, _CHUNK_CELLS // width)
        header = self._form.header
        waits_for_header = header is not None
        for line, row in rows(self._content, self._layout):
            if not row or not any(map(str.strip, row)):
                self._blank += 1
                continue
            if waits_for_header:
                waits_for_header = False
                continue
            if len(row) != width:
                while len(row) > width and not row[-1].strip():
                    row.pop()
                if len(row) != width:
                    self._ragged.append((line, len(row)))
                    continue
            if header is not None and row[0].strip() == header[0] and tuple(map(str.strip, row)) == header:
                self._repeated.append(line)
                continue
            chunk.append(row)
            self.rows += 1
            if self.rows > limits.upload_rows:
                raise OwnDataError(
                    f"line {line:,}: more than {limits.upload_rows:,} rows, the most a table may have (PLAYGROUND_UPLOAD_ROWS): bring fewer"
                )
            if self.rows * width > limits.upload_cells:
                raise OwnDataError(
                    f"line {line:,}: more than {limits.upload_cells:,} cells, the most a table may have (PLAYGROUND_UPLOAD_CELLS): "
                    f"bring fewer rows, or fewer than its {width:,} columns"
                )
            if len(chunk) == size:
                _add(building, places, chunk)
                chunk = []
        _add(building, places, chunk)
        if not self.rows:
            raise OwnDataError("the table has names of columns, but no rows below; bring one with a row for each example")
        if len(self._ragged) > self.rows:
            raise OwnDataError(
                f"{len(self._ragged):,} of {len(self._ragged) + self.rows:,} rows have another number of cells than {width}, "
                f"{_lines(line for line, _ in self._ragged)}; the file is no table, or its cells are separated by something else"
            )

    def notes(self) -> list[Note]:
        notes = []
        if self._ragged:
            cells = sorted({count for _, count in self._ragged})
            notes.append(
                Note(
                    f"{_rows(len(self._ragged))} left out: {listed(cells)} cells instead of {self._form.width}, "
                    f"{_lines(line for line, _ in self._ragged)}.",
                    warning=True,
                )
            )
        if self._repeated:
            notes.append(Note(f"The names of the columns stand in the table again: {_lines(self._repeated)} left out.", warning=True))
        if self._blank:
            notes.append(Note(f"{self._blank:,} empty line{'s' if self._blank > 1 else ''} left out."))
        return notes


def _add(building: list[_Building], places: list[int], chunk: list[list[str]]) -> None:
    if chunk:
        columns = list(zip(*chunk, strict=True))
        for place in places:
            building[place].add(columns[place])


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _lines(lines: Iterable[int]) -> str:
    numbers = [f"{line:,}" for line in lines]
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, 8)}"


def _layout_notes(layout: Layout, form: _Form) -> list[Note]:
    comma = ", with decimal commas" if layout.decimal_comma else ""
    notes = [Note(f"Read as {layout.encoding_name}, cells separated by {_DELIMITER_NAMES[layout.delimiter]}{comma}.")]
    if layout.encoding in ("cp1252", "latin-1"):
        notes.append(
            Note(
                f"The file is not UTF-8, so it was read as {layout.encoding_name}: look at letters with accents, and if they are "
                "wrong, save it as UTF-8.",
                warning=True,
            )
        )
    if form.header is None:
        notes.append(Note("No row with names was found: the columns are named by their numbers."))
    if form.renamed:
        notes.append(Note(f"Names of columns that occur twice were numbered: {listed(form.renamed)}."))
    return notes


def _column_notes(columns: Sequence[Column]) -> list[Note]:
    notes = []
    for column in columns:
        if column.kind == "empty":
            notes.append(Note(f"“{column.name}” is empty.", warning=True))
            continue
        if column.missing:
            written = listed(f"{count:,} × {text!r}" if text else f"{count:,} empty" for text, count in column.missing_as.items())
            notes.append(Note(f"“{column.name}”: {column.missing:,} values are missing{f' ({written})' if written else ''}."))
        if column.too_large:
            notes.append(Note(f"“{column.name}”: {column.too_large:,} numbers beyond 1e30 count as missing.", warning=True))
        if column.thousands:
            notes.append(Note(f"“{column.name}”: points were read as separators of thousands, 1.234,5 as 1234.5."))
        if column.formulas:
            notes.append(Note(f"“{column.name}”: {column.formulas:,} cells begin like a formula; they are kept as text.", warning=True))
        if column.constant:
            notes.append(Note(f"“{column.name}” has the same value in every row, from which nothing can be learned."))
        elif column.identifier:
            notes.append(Note(f"“{column.name}” is different in (nearly) every row, like a name or a number of the row."))
    return notes
