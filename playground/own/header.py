"""The number of columns of a table and their names, detected from its first rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from playground.own.errors import OwnDataError
from playground.own.names import distinct, shown
from playground.own.numbers import MISSING, NotNumbersError, numbers_of, writings
from playground.own.text import Layout, rows
from playground.settings import settings

_SAMPLE = 200


@dataclass(frozen=True)
class Header:
    """width: number of cells in most rows. names: of the columns. cells: those of the first row if it names the columns; R writes one cell
    less. renamed: new names of columns whose name occurred twice."""

    width: int
    names: tuple[str, ...]
    cells: tuple[str, ...] | None
    renamed: tuple[str, ...] = ()


def read_header(content: bytes, layout: Layout, header: bool | None) -> Header:
    """Detects width and names from the first rows. header: whether the first row names the columns; None detects it.

    Raises: OwnDataError if there are no rows, a single column, or more columns than the server's limit."""
    limit = settings().upload_columns
    sample = []
    for line, row in islice(((line, row) for line, row in rows(content, layout) if any(map(str.strip, row))), _SAMPLE):
        if len(row) > limit:
            raise OwnDataError(
                f"line {line:,}: {len(row):,} columns; the limit is {limit:,} (PLAYGROUND_UPLOAD_COLUMNS); remove some columns"
            )
        sample.append([cell.strip() for cell in row])
    if not sample:
        raise OwnDataError("the file contains no data; upload a table with one row per example")
    widths = Counter(len(row) for row in sample[1:] or sample)
    width = widths.most_common(1)[0][0]
    if width == 1:
        raise OwnDataError(
            "the table has one column, but needs at least two, a feature and a target; separate columns by commas, semicolons, tabs or "
            "vertical bars"
        )
    first = sample[0]
    if len(first) == width - 1 and _names_columns(["", *first], sample[1:], layout):
        first = ["", *first]
    below = [row for row in sample[1:] if len(row) == width]
    has_header = header if header is not None else len(first) == width and _names_columns(first, below, layout)
    if not has_header:
        return Header(width, tuple(f"column {index + 1}" for index in range(width)), None)
    padded = [*first, *[""] * width][:width]
    named = [shown(cell) or f"column {index + 1}" for index, cell in enumerate(padded)]
    names = distinct(named)
    return Header(width, names, tuple(sample[0]), tuple(name for name, before in zip(names, named, strict=True) if name != before))


def _names_columns(first: Sequence[str], below: Sequence[Sequence[str]], layout: Layout) -> bool:
    """Whether a row names the columns: none of its cells is a number, and either a column below it is numeric, or no cell occurs again
    below."""
    if any(cell not in MISSING and _is_number(cell, layout) for cell in first):
        return False
    if not below:
        return True
    rows_below = [row for row in below if len(row) == len(first) and list(row) != list(first)]  # the header may be repeated
    columns = list(zip(*rows_below, strict=True))
    if any(
        cell and any(each not in MISSING for each in column) and all(each in MISSING or _is_number(each, layout) for each in column)
        for cell, column in zip(first, columns, strict=False)
    ):
        return True
    named = [cell for cell in first if cell]
    return len(set(named)) == len(named) > 0 and not any(cell in column for cell, column in zip(first, columns, strict=False) if cell)


def _is_number(cell: str, layout: Layout) -> bool:
    for writing in writings(layout):
        try:
            numbers_of([cell], writing, Counter())
        except NotNumbersError:
            continue
        return True
    return False
