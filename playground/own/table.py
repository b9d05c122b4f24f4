"""Read and describe a table in text form (CSV). Every change is noted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.catalog.messages import counted
from playground.own.building import Building
from playground.own.columns import Column
from playground.own.detection import Detected, detect
from playground.own.doubts import proposed, questions_of
from playground.own.encodings import ENCODINGS, first_other_line
from playground.own.errors import OwnDataError
from playground.own.header import is_comment, names_of
from playground.own.names import listed, short_name, shown
from playground.own.prepared import Note
from playground.own.rows import Row, UnclosedQuoteError, rows
from playground.own.sizes import check_sizes
from playground.own.table_format import DELIMITERS, Question, TableFormat, line_numbers
from playground.own.table_notes import column_notes
from playground.own.work import go_on, limited
from playground.settings import settings

TABLES = (".csv", ".tsv", ".data")
"""Endings of the names of tables."""

_CHUNK_CELLS = 100_000
_SHOWN_LINES = 6
_FEW_RAGGED = 0.01


@dataclass(frozen=True)
class TableDraft:
    """A table as read, before any choices. name: short name of the file. rows: how many. format: how it was read. questions: where it can
    be read in another way. notes: observations, one sentence each."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    format: TableFormat
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]

    @property
    def header(self) -> bool:
        """Whether lines of the file name the columns."""
        return bool(self.format.header)

    def first_rows(self, count: int = 8) -> list[list[str]]:
        """Cells as text, "" if missing."""
        return [[column.text(row) for column in self.columns] for row in range(min(count, self.rows))]


@limited
def read_table(content: bytes, name: str = "table.csv", table: TableFormat | None = None, **chosen: Any) -> TableDraft:
    """The table in a text file. table: how to read it; None detects it, except for the fields that are `chosen`.

    Raises: OwnDataError if it is not a table, or exceeds the server's limits."""
    _check_size(content, name)
    if table is not None:
        return _read(content, name, Detected(table))
    try:
        detected = detect(content, **chosen)
        draft = _read(content, name, detected)
    except UnclosedQuoteError as error:
        if "quote" in chosen:
            raise
        return _without_quotes(content, name, error, chosen)
    table = proposed(draft.columns, draft.format, frozenset(chosen))
    return draft if table == draft.format else _read(content, name, replace(detected, format=table))


def _check_size(content: bytes, name: str) -> None:
    """Raises: OwnDataError if there is nothing to read, or too much."""
    check_sizes([(name, content)], "upload fewer rows")
    if not content.strip():
        raise OwnDataError(f"{shown(name)}: the file is empty; upload a table with one row per example")


def _without_quotes(content: bytes, name: str, error: UnclosedQuoteError, chosen: Mapping[str, Any]) -> TableDraft:
    """The table read so that quotation marks have no meaning, if nearly all rows then have the same number of cells; otherwise the
    error."""
    try:
        reading = _Reading(content, detect(content, **{**chosen, "quote": ""}).format)
        columns = reading.columns()
    except OwnDataError:
        raise error from None
    if len(reading.ragged) > _FEW_RAGGED * reading.rows:
        raise error
    draft = _draft(content, name, Detected(reading.table), reading, columns)
    where = str(error).partition(":")[0]
    note = Note(f"Quotation marks were read as ordinary characters, because one is never closed ({where}).", warning=True)
    return replace(draft, notes=(note, *draft.notes))


def _read(content: bytes, name: str, detected: Detected) -> TableDraft:
    reading = _Reading(content, detected.format)
    return _draft(content, name, detected, reading, reading.columns())


def _draft(content: bytes, name: str, detected: Detected, reading: "_Reading", columns: tuple[Column, ...]) -> TableDraft:
    columns = _with_the_only_feature(columns)
    table = detected.format
    notes = (*_format_notes(content, table), *reading.notes(), *column_notes(columns, table))
    questions = (*detected.questions, *questions_of(columns, table))
    return TableDraft(short_name(name), columns, reading.rows, table, questions, notes)


def _with_the_only_feature(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Of two columns, one is what there is to learn from, even if it counts the rows."""
    if len(columns) > 2:
        return columns
    return tuple(replace(column, identifier=False) if column.kind == "number" else column for column in columns)


class _Reading:
    """Reads the file, a second time if columns turn out to be text after they seemed to be numbers."""

    def __init__(self, content: bytes, table: TableFormat) -> None:
        self._content, self.table = content, table
        self.rows = 0
        self.ragged: list[tuple[int, int]] = []
        self._names: tuple[str, ...] = ()
        self._renamed: tuple[str, ...] = ()
        self._clear()

    def _clear(self) -> None:
        self.rows, self.ragged = 0, []
        self._header: list[list[str]] = []
        self._repeated: list[int] = []
        self._above: list[Row] = []
        self._left_out: list[Row] = []
        self._comments = self._short = 0
        self._blank = 0

    def columns(self) -> tuple[Column, ...]:
        building = [Building(position, self.table) for position in range(self.table.width)]
        waiting = building
        while waiting:
            self._pass(waiting)
            for column in waiting:
                go_on()
                column.end()
            waiting = [column for column in waiting if column.failed]
            for column in waiting:
                column.restart()
        self._names, self._renamed = names_of(self._header, self.table.width)
        return tuple(_built(column, name) for column, name in zip(building, self._names, strict=True))

    def _pass(self, building: list[Building]) -> None:
        self._clear()
        limits, table = settings(), self.table
        width, first, header, left_out = table.width, table.first_row, frozenset(table.header), frozenset(table.left_out)
        chunk: list[list[str]] = []
        size = max(1, _CHUNK_CELLS // width)
        names: list[str] = []
        for line, row in rows(self._content, table):
            if not row or not any(map(str.strip, row)):
                self._blank += 1
                continue
            if line < first or line in header or line in left_out:
                if line in header:
                    self._header.append(row)
                    names = [cell.strip() for cell in row]
                elif table.comment and is_comment(row, table):
                    self._comments += 1
                else:
                    (self._above if line < first else self._left_out).append((line, row))
                continue
            if table.comment and is_comment(row, table):
                self._comments += 1
                continue
            if len(row) != width:
                while len(row) > width and not row[-1].strip():
                    row.pop()
                if len(row) < width and table.fill_short_rows:
                    self._short += 1
                    row += [""] * (width - len(row))
                if len(row) != width:
                    self.ragged.append((line, len(row)))
                    continue
            if names and row[0].strip() == names[0] and [cell.strip() for cell in row] == names:
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
                _add(building, chunk)
                chunk = []
        _add(building, chunk)
        if len(self.ragged) > self.rows:
            raise OwnDataError(
                f"{len(self.ragged):,} of {len(self.ragged) + self.rows:,} rows do not have {width} cells "
                f"({_lines(line for line, _ in self.ragged)}); separate cells by commas, semicolons, tabs or vertical bars"
            )
        if not self.rows:
            raise OwnDataError("the table has a header but no rows; upload a table with one row per example")

    def notes(self) -> list[Note]:
        """What became of each line that is no row."""
        notes = []
        if not self.table.header:
            notes.append(Note("No header found: the columns are numbered."))
        elif self.table.header != (1,):
            lines = "lines" if len(self.table.header) > 1 else "line"
            notes.append(Note(f"The columns are named by {lines} {line_numbers(self.table.header)}."))
        if self._renamed:
            notes.append(Note(f"Duplicate column names were numbered: {listed(self._renamed)}."))
        above = [(line, row) for line, row in self._above if not _says_delimiter(row)]
        for part, what in ((above, "Left out above the rows"), (self._left_out, "Left out, not a row")):
            if part:
                notes.append(Note(f"{what}: {_quoted(part)}.", warning=True))
        if self._comments:
            notes.append(Note(f"Left out {counted(self._comments, 'comment')}, beginning with “{shown(self.table.comment)}”."))
        if self.ragged:
            cells = sorted({count for _, count in self.ragged})
            notes.append(
                Note(
                    f"Skipped {counted(len(self.ragged), 'row')} with {listed(cells)} cells instead of {self.table.width}: "
                    f"{_lines(line for line, _ in self.ragged)}.",
                    warning=True,
                )
            )
        if self._short:
            notes.append(
                Note(f"Completed {counted(self._short, 'row')} with fewer than {self.table.width} cells by missing values.", warning=True)
            )
        if self._repeated:
            notes.append(Note(f"Skipped repeated headers: {_lines(self._repeated)}.", warning=True))
        if self._blank:
            notes.append(Note(f"Skipped {counted(self._blank, 'empty line')}."))
        return notes


def _add(building: list[Building], chunk: list[list[str]]) -> None:
    if chunk:
        columns = list(zip(*chunk, strict=True))
        for column in building:
            go_on()
            column.add(columns[column.position])


def _built(building: Building, name: str) -> Column:
    go_on()
    return building.column(name)


def _says_delimiter(row: Sequence[str]) -> bool:
    return row[0].strip().lower().startswith("sep=")


def _quoted(lines: Sequence[Row]) -> str:
    return listed((f"line {line:,} “{shown(', '.join(filter(None, map(str.strip, row))), 60)}”" for line, row in lines), _SHOWN_LINES)


def _lines(lines: Iterable[int]) -> str:
    numbers = [f"{line:,}" for line in lines]
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, 8)}"


def _format_notes(content: bytes, table: TableFormat) -> list[Note]:
    comma = ", with decimal commas" if table.decimal == "," else ""
    name = ENCODINGS.get(table.encoding, table.encoding)
    escape = "; a backslash escapes the next character" if table.backslash else ""
    notes = [Note(f"Read as {name}, cells separated by {DELIMITERS.get(table.delimiter, table.delimiter)}{comma}{escape}.")]
    if table.encoding in ("cp1252", "latin-1"):
        notes.append(
            Note(f"The file is not UTF-8, so it was read as {name}. If accented letters look wrong, save it as UTF-8.", warning=True)
        )
    if table.encoding == "mixed":
        line = first_other_line(content)
        notes.append(
            Note(
                f"The encoding changes: the file is UTF-8, but from line {line:,} on some letters are written in Windows-1252. If accented "
                f"letters look wrong, save it as UTF-8.",
                warning=True,
            )
        )
    return notes
