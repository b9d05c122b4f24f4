"""A table as text (CSV), read and described. Nothing of it is changed without a note."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playground.own.building import Building, Mode
from playground.own.columns import Column
from playground.own.errors import OwnDataError
from playground.own.form import Form, form_of
from playground.own.names import listed, short_name, shown
from playground.own.numbers import writings
from playground.own.prepared import Note
from playground.own.text import Layout, layout_of, rows
from playground.settings import settings

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
    form = form_of(content, layout, header)
    reading = _Reading(content, layout, form)
    columns = reading.columns()
    notes = [*_layout_notes(layout, form), *reading.notes(), *_column_notes(columns)]
    return TableDraft(short_name(name), columns, reading.rows, form.header is not None, layout, tuple(notes))


class _Reading:
    """Goes through the file, again for the columns that turned out to be something else than they began as."""

    def __init__(self, content: bytes, layout: Layout, form: Form) -> None:
        self._content, self._layout, self._form = content, layout, form
        self.rows = 0
        self._ragged: list[tuple[int, int]] = []
        self._repeated: list[int] = []
        self._blank = 0

    def columns(self) -> tuple[Column, ...]:
        modes: tuple[Mode, ...] = (*writings(self._layout), "text")
        building = [Building(list(modes)) for _ in range(self._form.width)]
        waiting = list(range(self._form.width))
        while waiting:
            self._pass(building, waiting)
            waiting = [place for place in waiting if building[place].failed]
            for place in waiting:
                building[place].restart()
        return tuple(each.column(place, self._form.names[place]) for place, each in enumerate(building))

    def _pass(self, building: list[Building], places: list[int]) -> None:
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


def _add(building: list[Building], places: list[int], chunk: list[list[str]]) -> None:
    if chunk:
        columns = list(zip(*chunk, strict=True))
        for place in places:
            building[place].add(columns[place])


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _lines(lines: Iterable[int]) -> str:
    numbers = [f"{line:,}" for line in lines]
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, 8)}"


def _layout_notes(layout: Layout, form: Form) -> list[Note]:
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
        if column.separated:
            sign, example = ("points", "1.234,5") if column.separated == "." else ("commas", "1,234.5")
            notes.append(Note(f"“{column.name}”: {sign} were read as separators of thousands, {example} as 1234.5."))
        if column.percent:
            notes.append(Note(f"“{column.name}”: percent signs were left out, 45 % is 45."))
        if column.formulas:
            notes.append(Note(f"“{column.name}”: {column.formulas:,} cells begin like a formula; they are kept as text.", warning=True))
        if column.constant:
            notes.append(Note(f"“{column.name}” has the same value in every row, from which nothing can be learned."))
        elif column.identifier:
            notes.append(Note(f"“{column.name}” is different in (nearly) every row, like a name or a number of the row."))
    return notes
