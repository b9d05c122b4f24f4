"""How the text of a table is read, as one value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from playground.own.errors import OwnDataError
from playground.own.names import shown

Type = Literal["number", "category", "date", "text"]
Decimal = Literal[".", ","]

WHITESPACE = " "
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", WHITESPACE: "spaces"}
"""Delimiters, and their names. A space stands for any number of spaces and tabs."""

THOUSANDS = {"": "none", ",": "commas", ".": "points", " ": "spaces", "'": "apostrophes"}
"""Signs between groups of three digits, and their names. " " and "'" stand for all kinds of spaces and apostrophes."""

MISSING = (
    "NA", "N/A", "n/a", "NaN", "nan", "NAN", "-nan", "null", "NULL", "Null", "None", "?", "-", "inf", "-inf", "Inf", "-Inf", "\\N",
    "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!",
)  # fmt: skip
"""What programs write for a missing value, or for a number that cannot be learned."""


@dataclass(frozen=True)
class ColumnFormat:
    """How one column is read where it differs from the others.

    type: None: its content decides. values: texts that mean a missing value in the table, but are values in this column.
    missing_is_category: whether a missing value is a category of its own."""

    type: Type | None = None
    values: tuple[str, ...] = ()
    missing_is_category: bool = False


USUAL = ColumnFormat()
"""A column that is no exception."""


@dataclass(frozen=True)
class TableFormat:
    """Everything that decides how a text is read as a table. Lines are those of the file, from 1.

    encoding: one of `ENCODINGS`. delimiter: one of `DELIMITERS`. quote: the sign around cells that contain delimiters, "" for none.
    backslash: whether a backslash escapes the next character; otherwise a quote inside a quoted cell is doubled. edges: whether each line
    also begins and ends with a delimiter. comment: lines that begin with this are left out. header: the lines whose cells name the columns,
    joined; () if none do. first_row: the line of the first row; other lines above it are left out. left_out: lines below it that are left
    out, such as totals. width: number of columns. fill_short_rows: whether missing values complete rows with fewer cells; otherwise they
    are left out. decimal: sign before the decimals. thousands: sign between groups of three digits, one of `THOUSANDS`, None: any that
    groups all numbers of a column. missing: texts that mean a missing value; those that are numbers, such as −200, are compared as numbers.
    An empty cell is always missing. columns: exceptions by position, from 0."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: Literal['"', "'", ""] = '"'
    backslash: bool = False
    edges: bool = False
    comment: str = ""
    header: tuple[int, ...] = (1,)
    first_row: int = 2
    left_out: tuple[int, ...] = ()
    width: int = 2
    fill_short_rows: bool = False
    decimal: Decimal = "."
    thousands: str | None = None
    missing: tuple[str, ...] = MISSING
    columns: tuple[tuple[int, ColumnFormat], ...] = ()

    def column(self, position: int) -> ColumnFormat:
        return dict(self.columns).get(position, USUAL)

    def with_column(self, position: int, column: ColumnFormat) -> "TableFormat":
        columns = {**dict(self.columns), position: column}
        return replace(self, columns=tuple(sorted((at, each) for at, each in columns.items() if each != USUAL)))


@dataclass(frozen=True)
class Option:
    """An answer to a question. result: what it would give, in words."""

    title: str
    result: str
    format: TableFormat


@dataclass(frozen=True)
class Question:
    """Where a table can be read in several ways. fields: of the format, in which the options differ."""

    text: str
    options: tuple[Option, ...]
    fields: tuple[str, ...]

    def answered(self, option: Option, current: TableFormat) -> TableFormat:
        """The current format with this answer."""
        return replace(current, **{field: getattr(option.format, field) for field in self.fields})

    def answer(self, current: TableFormat) -> int | None:
        """The index of the option that the current format follows; None if it follows none."""
        return next((index for index, option in enumerate(self.options) if self.answered(option, current) == current), None)


def line_numbers(lines: Sequence[int]) -> str:
    """Line numbers as text, with ranges: 1–4, 9."""
    ranges: list[list[int]] = []
    for line in sorted(lines):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)


_RANGE = re.compile(r"([0-9]{1,9})(?:\s*[-–]\s*([0-9]{1,9}))?")
_MOST_LINES = 1000


def lines_of(text: str) -> tuple[int, ...]:
    """Line numbers from text such as 1–4, 9. Raises: OwnDataError if it is something else, or names too many lines."""
    lines: set[int] = set()
    for part in filter(None, map(str.strip, re.split("[,;]", text))):
        match = _RANGE.fullmatch(part)
        if match is None or int(match[1]) < 1:
            raise OwnDataError(f"“{shown(part)}” is no line; write line numbers such as 1 or 3-5, separated by commas")
        first, last = int(match[1]), int(match[2] or match[1])
        if last - first + len(lines) >= _MOST_LINES:
            raise OwnDataError(f"{shown(part)}: at most {_MOST_LINES:,} lines can be named; remove the lines from the file instead")
        lines |= set(range(first, last + 1))
    return tuple(sorted(lines))
