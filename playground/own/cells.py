"""A table as text: its cells as they were written, and one of them as a number."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from playground.own.detection import detect_text
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed, shown
from playground.own.numbers import read_number
from playground.own.rows import rows
from playground.own.table_format import MISSING
from playground.settings import settings

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SEARCHED = 50
"""Rows among which the one with the names of the columns is looked for."""


@dataclass(frozen=True)
class TextTable:
    """names: of the columns, () if no row names them. rows: the number of the line and the cells of each. decimal_comma: whether numbers
    are written with decimal commas."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_comma: bool


def read_cells(content: bytes, name: str, columns: Collection[str]) -> TextTable:
    """The table in a text file. columns: names that one of its first rows contains; () if the rows have no names above them.

    Raises: OwnDataError if it is not a table, or exceeds the server's limits."""
    limits = settings()
    if len(content) > limits.upload_bytes:
        raise OwnDataError(
            f"{shown(name)}: {len(content):,} bytes; the limit is {limits.upload_bytes:,} (PLAYGROUND_UPLOAD_BYTES); use fewer rows"
        )
    table = detect_text(content)
    read: list[tuple[int, tuple[str, ...]]] = []
    for line, row in rows(content, table):
        if any(map(str.strip, row)):
            read.append((line, tuple(cell.strip() for cell in row)))
        if len(read) > limits.upload_rows:
            raise OwnDataError(f"line {line:,}: more than {limits.upload_rows:,} rows, the limit (PLAYGROUND_UPLOAD_ROWS); use fewer rows")
    if not read:
        raise OwnDataError(f"{shown(name)}: the file is empty; it needs one row per prediction")
    if not columns:
        return TextTable((), tuple(read), table.decimal == ",")
    wanted = set(columns)
    matching = [len(wanted & set(_names(row))) for _, row in read[:_SEARCHED]]
    header = matching.index(max(matching))
    if not matching[header]:
        raise OwnDataError(f"the first row must name the columns ({listed(columns, 8)}); it contains {listed(read[0][1], 8)}")
    return TextTable(_names(read[header][1]), tuple(read[header + 1 :]), table.decimal == ",")


def is_missing(cell: str) -> bool:
    """Whether a cell means that there is no value."""
    return not cell or cell in MISSING


def number_in(cell: str, decimal_comma: bool, unit: str = "") -> float | None:
    """The number in a cell, None if it is something else, or in another unit."""
    if not decimal_comma and _PLAIN.fullmatch(cell):
        return float(cell)
    number = (read_number(cell, ",") if decimal_comma else None) or read_number(cell)
    return number.value if number is not None and number.unit in ("", unit) else None


def _names(header: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, as `read_header` makes them."""
    return distinct(shown(cell) or f"column {index + 1}" for index, cell in enumerate(header))
