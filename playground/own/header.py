"""Where the rows of a table begin, and which lines above them name the columns, detected from its beginning."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from playground.own.errors import OwnDataError
from playground.own.layout import trimmed
from playground.own.names import distinct, listed, shown
from playground.own.notation import is_placeholder
from playground.own.numbers import looks_like_number, read_number
from playground.own.rows import Row
from playground.own.table_format import Option, Question, TableFormat
from playground.settings import settings

_COMMENTS = ("#", "%", "//", "!")
_NUMERIC = 0.8
"""Share of the cells of a numeric column that are numbers."""
_UNIT = re.compile(
    r"[(\[].{0,20}[)\]]|[-–—]|n/?a|[%‰°$€£¥]|[µmkcdhMG]?(m|g|s|l|L|mol|Hz|V|A|W|J|N|Pa|bar|eV|B|Wh|cal|M)[23²³]?(/(s|h|d|min|m[23²³]?|kg|l|L|mm|km|day))?"
    r"|km/h|mph|°[CF]|[CFK]|deg|rad|degrees?|min|hours?|days?|years?|yrs?|months?|lbs?|oz|ft|in|inch(es)?|miles?|ppm|ppb|pH|dB|mmHg"
    r"|USD|EUR|GBP|counts?|units?|unitless|dimensionless|none|index|ratio|1|percent",
)
_TYPE = re.compile(
    r"int(eger)?(32|64)?|float(32|64)?|double|real|num(ber|eric)?|str(ing)?|te?xt|varchar.*|char|bool(ean)?|date(time)?|time(stamp)?|object"
    r"|categor(y|ical)|nominal|continuous|discrete|factor|class|meta|[cdsim]",
    re.IGNORECASE,
)
_RULE = re.compile(r":?[-=_]{2,}:?")
"""A line drawn between the names and the rows."""
_YEARS = range(1000, 3000)
_FEW_NAMES = 3
_AT_TOP = 50
"""The first row is among so many lines that are not empty."""


@dataclass(frozen=True)
class Head:
    """The format with comment, header, first row and width; and questions where the header can be read in several ways."""

    table: TableFormat
    questions: tuple[Question, ...] = ()


def detect_head(sample: Sequence[Row], table: TableFormat, chosen: frozenset[str]) -> Head:
    """sample: the first rows that are not empty. chosen: the fields that stay as they are.

    Raises: OwnDataError if there are no rows, a single column, or more columns than the server's limit."""
    if not sample:
        raise OwnDataError("the file contains no data; upload a table with one row per example")
    limit = settings().upload_columns
    for line, row in sample:
        if len(row) > limit:
            raise OwnDataError(
                f"line {line:,}: {len(row):,} columns; the limit is {limit:,} (PLAYGROUND_UPLOAD_COLUMNS); remove some columns"
            )
    if "comment" not in chosen:
        table = replace(table, comment=_comment(sample))
    comments = [(line, row) for line, row in sample if is_comment(row, table)]
    parsed = [(line, row) for line, row in sample if not is_comment(row, table)]
    if "first_row" in chosen and any(line >= table.first_row for line, _ in parsed):
        below = [(line, row) for line, row in parsed if line >= table.first_row]
    else:
        below = [(line, row) for line, row in parsed if "header" not in chosen or not table.header or line > max(table.header)]
    width = _width(below)
    is_short = sum(len(row) < width for _, row in below[1:]) > len(below) / 2
    fills = table.fill_short_rows if "fill_short_rows" in chosen else is_short
    table = replace(table, width=width, fill_short_rows=fills)
    top = _Top([*parsed[:1], *((line, [*row, *[""] * (width - len(row))]) for line, row in parsed[1:])] if fills else parsed, width)
    if width < 2 and not (top.has_numbers and all(len(trimmed(row)) == 1 for _, row in below)):
        raise OwnDataError(
            "the table has one column, but needs at least two, a feature and a target; separate columns by commas, semicolons, tabs, "
            "vertical bars or spaces"
        )
    if "header" in chosen:
        first = next((line for line, row in below if _fits(row, width)), 1)
        return Head(table if "first_row" in chosen else replace(table, first_row=first))
    first = top.first_row if "first_row" not in chosen else next((at for at, (line, _) in enumerate(parsed) if line >= table.first_row), 0)
    return top.head(first, table, comments)


def names_of(rows: Sequence[Sequence[str]], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns from the cells of their header rows, and those that were numbered because they occur twice. A header with
    one cell less than the rows, as R writes it, does not name the first column; cells of several rows are joined, and in the upper rows an
    empty cell continues the one before it."""
    padded = [_padded(row, width, is_last=at == len(rows) - 1) for at, row in enumerate(rows)]
    if len(padded) > 1 and _all_match(_UNIT, padded[-1]):
        padded[-1] = [f"({cell.strip('()[]')})" if cell else "" for cell in padded[-1]]
    joined = [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*padded, strict=True)] or [""] * width
    named = [shown(re.sub(r"^(#|%|//)\s*(?=\S)", "", name)) or f"column {index + 1}" for index, name in enumerate(joined)]
    names = distinct(named)
    return names, tuple(name for name, before in zip(names, named, strict=True) if name != before)


def is_comment(row: Sequence[str], table: TableFormat) -> bool:
    """Whether a row is a line that the format leaves out as a comment."""
    return bool(table.comment) and bool(row) and row[0].lstrip().startswith(table.comment)


def _padded(row: Sequence[str], width: int, *, is_last: bool) -> list[str]:
    cells = [cell.strip() for cell in row]
    if len(cells) > width and cells[0] in _COMMENTS:
        cells = cells[1:]
    if is_last and len(cells) == width - 1:
        cells = ["", *cells]
    cells = [*cells, *[""] * width][:width]
    if not is_last:
        for index in range(1, width):
            cells[index] = cells[index] or cells[index - 1]
    return cells


def _comment(sample: Sequence[Row]) -> str:
    """What lines begin with that are no rows, because they have another number of cells."""
    for prefix in _COMMENTS:
        marked = [row for _, row in sample if row[0].lstrip().startswith(prefix)]
        others = [(line, row) for line, row in sample if not row[0].lstrip().startswith(prefix)]
        if marked and others and sum(len(row) != _width(others) for row in marked) > len(marked) / 2:
            return prefix
    return ""


def _width(parsed: Sequence[Row]) -> int:
    """The number of cells of most rows, or of the names above them, if some row has as many. A last column without a name and without a
    cell is the end of each row, not a column."""
    below = parsed[1:] or parsed
    widths = Counter(len(row) for _, row in below)
    if not widths:
        return 1
    width = max(widths, key=lambda width: (sum(_fits(row, width) for _, row in below), widths[width], width))
    names = len(trimmed(parsed[0][1]))
    if names > width > 1 and names in widths and not any(not cell.strip() or looks_like_number(cell) for cell in parsed[0][1][:names]):
        return names
    whole = [row for _, row in parsed if len(row) == width]
    while width > 1 and not any(row[width - 1].strip() for row in whole):
        width -= 1
    return width


def _fits(row: Sequence[str], width: int) -> bool:
    """Whether a row has so many cells; further ones may be empty."""
    return len(row) >= width and len(trimmed(list(row))) <= width


class _Top:
    """The first rows of a table, of which some are its header."""

    def __init__(self, parsed: Sequence[Row], width: int) -> None:
        self._rows = [
            (line, [cell.strip() for cell in row]) for line, row in parsed if not _all_match(_RULE, [cell.strip() for cell in row])
        ]
        self._width = width
        bodies = [row for _, row in self._rows[1:] if _fits(row, width)]
        last = bodies[-max(1, min(len(bodies) - 2, len(bodies) * 2 // 3)) :]
        self._numeric = [at for at in range(width) if _is_numeric(last, at) or _is_numeric(bodies, at)]
        self.first_row = self._first_row()

    @property
    def has_numbers(self) -> bool:
        return bool(self._numeric)

    def _texts(self, row: Sequence[str]) -> int:
        """The number of texts in numeric columns."""
        return sum(at < len(row) and _is_text(row[at]) for at in self._numeric)

    def _numbers(self, row: Sequence[str]) -> int:
        return sum(at < len(row) and looks_like_number(row[at]) for at in self._numeric)

    def _is_body(self, row: Sequence[str]) -> bool:
        texts, numbers = self._texts(row), self._numbers(row)
        mostly = numbers >= _FEW_NAMES and texts <= numbers / 4 and not self._has_numbers_as_names(row)
        return _fits(row, self._width) and numbers > 0 and (texts == 0 or mostly)

    def _first_row(self) -> int:
        """The index of the first row that is no header."""
        rows = [row for _, row in self._rows]
        for at, row in enumerate(rows[:_AT_TOP]):
            if self._is_body(row) and (any(map(self._is_name_row, rows[:at])) or not any(map(self._is_name_row, rows[at + 1 : at + 4]))):
                break
        else:
            return self._first_text()
        while at > 1 and self._is_odd_body(rows[at - 1]) and any(map(self._is_name_row, rows[: at - 1])):
            at -= 1
        return at

    def _is_odd_body(self, row: Sequence[str]) -> bool:
        """Whether the row above the first one that looks like a row is another one, with a stray cell or missing values."""
        if not _fits(row, self._width) or (self._width > 2 and sum(map(bool, row)) < 2):
            return False
        return self._numbers(row) > 0 or self._texts(row) == 0

    def _is_name_row(self, row: Sequence[str]) -> bool:
        named = self._width - 1 <= len(row) and sum(map(bool, row)) > self._width / 2
        return named and self._texts(row) > 0 and (self._numbers(row) < self._texts(row) or self._has_numbers_as_names(row))

    def _first_text(self) -> int:
        """The same where all columns are texts: the second of the rows that are complete, if the first one names the columns."""
        complete = [at for at, (_, row) in enumerate(self._rows) if _fits(row, self._width)]
        if not complete:
            return 0
        most = max(sum(map(bool, self._rows[at][1])) for at in complete)
        first = next(at for at in complete if sum(map(bool, self._rows[at][1])) > most / 2)
        shorter = first > 0 and first - 1 not in complete and len(self._rows[first - 1][1]) == self._width - 1
        if shorter and self._are_names(["", *self._rows[first - 1][1]], first):
            return first
        return first + 1 if self._are_names(self._rows[first][1], first + 1) else first

    def _are_names(self, row: Sequence[str], below: int) -> bool:
        """Whether texts name columns of text: they differ, and none occurs again in its column."""
        cells = [cell for cell in row[: self._width] if cell]
        if not cells or len(set(cells)) < len(cells) or any(map(looks_like_number, cells)):
            return False
        rows = [other for _, other in self._rows[below:] if len(other) >= self._width and other != row]  # the header may be repeated
        return not any(cell and any(other[at] == cell for other in rows) for at, cell in enumerate(row[: self._width]))

    def head(self, first: int, table: TableFormat, comments: Sequence[Row]) -> Head:
        """The format, with the header among the rows before the one with this index."""
        above = [at for at in range(first) if self._could_name(self._rows[at][1])]
        while above and self._is_index_name(self._rows[above[-1]][1]) and len(above) > 1:
            above.pop()
        at_first = self._rows[first][0] if first < len(self._rows) else self._rows[-1][0] + 1
        table = replace(table, header=(), first_row=at_first)
        if not above:
            return self._without_header(first, table, comments)
        lower = above[-1]
        upper = above[-2] if len(above) > 1 and above[-2] == lower - 1 else None
        lines = [line for line, _ in self._rows]
        named = replace(table, header=(lines[lower],))
        if upper is None:
            return Head(named)
        high, low = self._rows[upper][1], self._rows[lower][1]
        both = replace(table, header=(lines[upper], lines[lower]))
        if _all_match(_UNIT, low) or _all_match(_TYPE, low):
            cells = [cell for cell in high if cell]
            return Head(both if len(set(cells)) < len(cells) and _all_match(_UNIT, low) else replace(table, header=(lines[upper],)))
        if self._is_group(high) and sum(map(bool, low)) >= self._width - 1:
            return Head(both)
        if len(high) < self._width or not all(high[: self._width]):
            return Head(named)
        readings = {f"Line {lines[upper]}": (upper,), f"Line {lines[lower]}": (lower,), "Both, joined": (upper, lower)}
        options = []
        for title, chosen in readings.items():
            names, _ = names_of([self._rows[at][1] for at in chosen], self._width)
            options.append(Option(title, listed(names), replace(table, header=tuple(lines[at] for at in chosen))))
        best = 0 if sum(map(len, high)) <= sum(map(len, low)) else 1
        question = Question("Two lines could name the columns. Which one does?", tuple(options), ("header",))
        return Head(options[best].format, (question,))

    def _could_name(self, row: Sequence[str]) -> bool:
        if len(row) < self._width - 1 or len(trimmed(list(row))) > self._width:
            return False
        texts, numbers = self._texts(row), self._numbers(row)
        if numbers and texts <= numbers and not self._has_numbers_as_names(row):
            return False
        return sum(map(bool, row)) > self._width / 2 or self._is_group(row) or self._is_index_name(row)

    def _is_index_name(self, row: Sequence[str]) -> bool:
        """A line below the header with the name of the index alone, as pandas writes it."""
        return self._width > 2 and len(row) >= self._width and bool(row[0]) and not any(row[1:])

    def _is_group(self, row: Sequence[str]) -> bool:
        """Whether a line names groups of columns: with repetitions, or with gaps between names."""
        cells = [cell for cell in row[: self._width] if cell]
        if self._width < 3 or len(cells) < 2 or len(row) < self._width:
            return False
        filled = trimmed(list(row))
        has_gap = "" in filled[next(at for at, cell in enumerate(filled) if cell) :]
        return len(set(cells)) < len(cells) or (has_gap and len(filled) > self._width / 2)

    def _without_header(self, first: int, table: TableFormat, comments: Sequence[Row]) -> Head:
        """Names may be numbers, such as years, or stand in the last comment."""
        if first >= len(self._rows):
            return Head(table)
        line, row = self._rows[first]
        if self._are_numbers_as_names(row, first):
            after = self._rows[first + 1][0] if first + 1 < len(self._rows) else line + 1
            names = replace(table, header=(line,), first_row=after)
            cells = listed(shown(cell) for cell in row[: self._width])
            options = (
                Option("They name the columns", f"columns {listed(names_of([row], self._width)[0])}", names),
                Option("They are the first row", f"columns column 1, column 2 …; first row {cells}", table),
            )
            text = f"Line {line} contains numbers ({cells}). Do they name the columns, as years do?"
            return Head(names, (Question(text, options, ("header", "first_row")),))
        above = [(at, commented) for at, commented in comments if at < line]
        if above:
            at, commented = above[-1]
            stripped = [cell for cell in commented if cell.strip() not in ("", table.comment)]
            if len(stripped) == self._width and not any(map(looks_like_number, stripped)):
                return Head(replace(table, header=(at,)))
        return Head(table)

    def _are_numbers_as_names(self, row: Sequence[str], at: int) -> bool:
        """Whether the numbers of the first row are names, unlike those of the rows below."""
        texts = [column for column in range(self._width) if column not in self._numeric]
        below = [other for _, other in self._rows[at + 1 :] if _fits(other, self._width)]
        if self._width > 1 and row[: self._width] == ["", *map(str, range(self._width - 1))]:
            return True  # pandas numbers columns that have no names
        if (
            not _fits(row, self._width)
            or len(below) < 2
            or any(row[column] and any(other[column] == row[column] for other in below) for column in texts)
        ):
            return False
        return any(
            looks_like(self._numbers_of(row)) and sum(looks_like(self._numbers_of(other)) for other in below) <= 0.1 * len(below)
            for looks_like in (_are_years, _are_steps)
        )

    def _has_numbers_as_names(self, row: Sequence[str]) -> bool:
        numbers = self._numbers_of(row)
        return _are_years(numbers) or _are_steps(numbers)

    def _numbers_of(self, row: Sequence[str]) -> list[float]:
        """The numbers in numeric columns that have no unit."""
        numbers = [read_number(row[at]) for at in self._numeric if at < len(row)]
        return [number.value for number in numbers if number is not None and not number.unit]


def _is_numeric(rows: Sequence[Sequence[str]], at: int) -> bool:
    numbers = sum(looks_like_number(row[at]) for row in rows)
    return numbers > 0 and numbers >= _NUMERIC * (numbers + sum(_is_text(row[at]) for row in rows))


def _is_text(cell: str) -> bool:
    return bool(cell) and not is_placeholder(cell) and not looks_like_number(cell)


def _all_match(pattern: re.Pattern[str], row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return bool(cells) and all(pattern.fullmatch(cell) for cell in cells)


def _are_years(numbers: Sequence[float]) -> bool:
    steps = [after - before for before, after in pairwise(numbers)]
    return len(numbers) > 1 and all(value in _YEARS for value in numbers) and (min(steps) > 0 or max(steps) < 0)


def _are_steps(numbers: Sequence[float]) -> bool:
    """Whether each number is larger than the one before by the same step, like 0, 1, 2 or wavelengths."""
    steps = [after - before for before, after in pairwise(numbers)]
    return len(numbers) >= _FEW_NAMES and steps[0] > 0 and all(abs(step - steps[0]) < 1e-6 * steps[0] for step in steps)
