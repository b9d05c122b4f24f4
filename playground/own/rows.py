"""The text of a table, split into rows and cells."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from playground.own.encodings import opened
from playground.own.errors import OwnDataError
from playground.own.table_format import WHITESPACE, TableFormat
from playground.own.work import go_on

MAX_CELL = 131_072
"""Characters in a cell: the limit of the csv module."""

_ROWS = 1000

Row = tuple[int, list[str]]
"""The number of the first line, from 1, and the cells; an empty line is []."""


class UnclosedQuoteError(OwnDataError):
    """A quoted cell that does not end."""


def rows(content: bytes, table: TableFormat) -> Iterator[Row]:
    """All rows, streamed, so that a large file needs little memory.

    Raises: UnclosedQuoteError naming the line if a quotation is not closed; OwnDataError if the text is in another encoding."""
    reader = csv.reader(_lines(opened(content, table.encoding), table), **_dialect(table))
    line = 1
    try:
        for number, row in enumerate(reader):
            if number % _ROWS == 0:
                go_on()
            start, line = line, reader.line_num + 1
            yield start, row
    except csv.Error as error:
        raise UnclosedQuoteError(
            f"line {line:,}: cannot be read ({error}); a cell can have at most {MAX_CELL:,} characters; look for an unclosed quotation mark"
        ) from None
    except UnicodeError:
        raise OwnDataError(f"line {line:,}: not in the chosen encoding; choose another encoding") from None
    if table.quote and table.quote.encode() in content:
        _check_closed(content, table, start)


def sample_rows(sample: str, table: TableFormat, most: int) -> list[Row]:
    """The first rows of a text that are not empty; fewer if the rest cannot be split."""
    reader = csv.reader(_lines(io.StringIO(sample, newline=""), table), **_dialect(table))
    result: list[Row] = []
    line = 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                result.append((line, row))
            if len(result) == most:
                break
            line = reader.line_num + 1
    except csv.Error:
        pass
    return result


def _dialect(table: TableFormat) -> dict[str, Any]:
    return {
        "delimiter": table.delimiter,
        "quotechar": table.quote or None,
        "quoting": csv.QUOTE_MINIMAL if table.quote else csv.QUOTE_NONE,
        "escapechar": "\\" if table.backslash else None,
        "skipinitialspace": True,
    }


def _lines(lines: Iterable[str], table: TableFormat) -> Iterator[str]:
    if table.delimiter == WHITESPACE:
        return (line.replace("\t", " ").rstrip() + "\n" for line in lines)
    if table.edges:
        return (_without_edges(line, table.delimiter) for line in lines)
    return iter(lines)


def _without_edges(line: str, delimiter: str) -> str:
    return line.strip().removeprefix(delimiter).removesuffix(delimiter) + "\n"


def _check_closed(content: bytes, table: TableFormat, start: int) -> None:
    """Raises: UnclosedQuoteError if the last row, which begins in this line, ends within a quotation."""
    last = list(islice(_lines(opened(content, table.encoding), table), start - 1, None))
    try:
        for _ in csv.reader(last, strict=True, **_dialect(table)):
            pass
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise UnclosedQuoteError(
                f"line {start:,}: a quotation mark is opened here and never closed; close it, or choose that quotation marks have no "
                f"meaning"
            ) from None
