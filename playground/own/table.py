"""Read and describe a table in text form (CSV). Every change is noted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playground.own.building import Building, Mode
from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.header import Header, read_header
from playground.own.names import listed, short_name, shown
from playground.own.numbers import writings
from playground.own.prepared import Note
from playground.own.sizes import check_sizes
from playground.own.text import Layout, layout_of, rows
from playground.own.times import is_time
from playground.settings import settings

TABLES = (".csv", ".tsv")
"""Endings of the names of tables."""

_CHUNK_CELLS = 100_000
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class TableDraft:
    """A table as read, before any choices. name: short name of the file. rows: how many. header: whether the first row names the columns.
    notes: observations, one sentence each."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    header: bool
    layout: Layout
    notes: tuple[Note, ...]

    def first_rows(self, count: int = 8) -> list[list[str]]:
        """Cells as text, "" if missing."""
        return [[column.text(row) for column in self.columns] for row in range(min(count, self.rows))]


def read_table(content: bytes, name: str = "table.csv", header: bool | None = None) -> TableDraft:
    """The table in a text file. header: whether the first row names the columns; None detects it.

    Raises: OwnDataError if it is not a table, or exceeds the server's limits."""
    check_sizes([(name, content)], "upload fewer rows")
    if not content.strip():
        raise OwnDataError(f"{shown(name)}: the file is empty; upload a table with one row per example")
    layout = layout_of(content)
    head = read_header(content, layout, header)
    reading = _Reading(content, layout, head)
    columns = reading.columns()
    notes = [*_layout_notes(layout, head), *reading.notes(), *_column_notes(columns)]
    return TableDraft(short_name(name), columns, reading.rows, head.cells is not None, layout, tuple(notes))


class _Reading:
    """Reads the file, repeatedly if columns turn out to be of a different type than assumed."""

    def __init__(self, content: bytes, layout: Layout, head: Header) -> None:
        self._content, self._layout, self._head = content, layout, head
        self.rows = 0
        self._ragged: list[tuple[int, int]] = []
        self._repeated: list[int] = []
        self._blank = 0

    def columns(self) -> tuple[Column, ...]:
        modes: tuple[Mode, ...] = (*writings(self._layout), "text")
        building = [Building(list(modes)) for _ in range(self._head.width)]
        waiting = list(range(self._head.width))
        while waiting:
            self._pass(building, waiting)
            waiting = [index for index in waiting if building[index].failed]
            for index in waiting:
                building[index].restart()
        return tuple(each.column(index, self._head.names[index]) for index, each in enumerate(building))

    def _pass(self, building: list[Building], indices: list[int]) -> None:
        self.rows, self._ragged, self._repeated, self._blank = 0, [], [], 0
        limits, width = settings(), self._head.width
        chunk: list[list[str]] = []
        size = max(1, _CHUNK_CELLS // width)
        header = self._head.cells
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
                    f"line {line:,}: more than {limits.upload_rows:,} rows, the limit (PLAYGROUND_UPLOAD_ROWS); upload fewer rows"
                )
            if self.rows * width > limits.upload_cells:
                raise OwnDataError(
                    f"line {line:,}: more than {limits.upload_cells:,} cells, the limit (PLAYGROUND_UPLOAD_CELLS); upload fewer rows, or "
                    f"fewer columns ({width:,} now)"
                )
            if len(chunk) == size:
                _add(building, indices, chunk)
                chunk = []
        _add(building, indices, chunk)
        if not self.rows:
            raise OwnDataError("the table has a header but no rows; upload a table with one row per example")
        if len(self._ragged) > self.rows:
            raise OwnDataError(
                f"{len(self._ragged):,} of {len(self._ragged) + self.rows:,} rows do not have {width} cells "
                f"({_lines(line for line, _ in self._ragged)}); separate cells by commas, semicolons, tabs or vertical bars"
            )

    def notes(self) -> list[Note]:
        notes = []
        if self._ragged:
            cells = sorted({count for _, count in self._ragged})
            notes.append(
                Note(
                    f"Skipped {_rows(len(self._ragged))} with {listed(cells)} cells instead of {self._head.width}: "
                    f"{_lines(line for line, _ in self._ragged)}.",
                    warning=True,
                )
            )
        if self._repeated:
            notes.append(Note(f"Skipped repeated headers: {_lines(self._repeated)}.", warning=True))
        if self._blank:
            notes.append(Note(f"Skipped {self._blank:,} empty line{'s' if self._blank > 1 else ''}."))
        return notes


def _add(building: list[Building], indices: list[int], chunk: list[list[str]]) -> None:
    if chunk:
        columns = list(zip(*chunk, strict=True))
        for index in indices:
            building[index].add(columns[index])


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _lines(lines: Iterable[int]) -> str:
    numbers = [f"{line:,}" for line in lines]
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, 8)}"


def _layout_notes(layout: Layout, head: Header) -> list[Note]:
    comma = ", with decimal commas" if layout.decimal_comma else ""
    notes = [Note(f"Read as {layout.encoding_name}, cells separated by {_DELIMITER_NAMES[layout.delimiter]}{comma}.")]
    if layout.encoding in ("cp1252", "latin-1"):
        notes.append(
            Note(
                f"The file is not UTF-8, so it was read as {layout.encoding_name}. If accented letters look wrong, save it as UTF-8.",
                warning=True,
            )
        )
    if head.cells is None:
        notes.append(Note("No header found: the columns are numbered."))
    if head.renamed:
        notes.append(Note(f"Duplicate column names were numbered: {listed(head.renamed)}."))
    return notes


def _column_notes(columns: Sequence[Column]) -> list[Note]:
    notes = []
    for column in columns:
        if column.kind == "empty":
            notes.append(Note(f"“{column.name}” is empty.", warning=True))
            continue
        if column.missing:
            written = listed(f"{count:,} × {text!r}" if text else f"{count:,} empty" for text, count in column.missing_as.items())
            values = "value" if column.missing == 1 else "values"
            notes.append(Note(f"“{column.name}”: {column.missing:,} missing {values}{f' ({written})' if written else ''}."))
        if column.too_large:
            values = "value" if column.too_large == 1 else "values"
            notes.append(Note(f"“{column.name}”: {column.too_large:,} {values} beyond 1e30, counted as missing.", warning=True))
        if column.separated:
            sign, example = ("points", "1.234,5") if column.separated == "." else ("commas", "1,234.5")
            notes.append(Note(f"“{column.name}”: {sign} were read as thousands separators ({example} as 1234.5)."))
        if column.percent:
            notes.append(Note(f"“{column.name}”: percent signs were removed (45 % became 45)."))
        if column.formulas:
            cells = (
                "1 cell looks like a formula and was" if column.formulas == 1 else f"{column.formulas:,} cells look like formulas and were"
            )
            notes.append(Note(f"“{column.name}”: {cells} kept as text.", warning=True))
        if column.constant:
            notes.append(Note(f"“{column.name}” has the same value in every row, so nothing can be learned from it."))
        elif column.has_sentences:
            notes.append(Note(f"“{column.name}” contains sentences: a network for text can read them word by word."))
        elif column.kind != "number" and is_time(column):
            notes.append(Note(f"“{column.name}” contains times: a network can forecast a time series."))
        elif column.identifier:
            notes.append(Note(f"“{column.name}” is different in (nearly) every row, like a name or a row number."))
    return notes
