"""The form of a table, as its first rows show it: how many columns, and their names."""

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
class Form:
    """width: cells in most rows. names: of the columns. header: the first row's cells where it names them, which may be one less, as R
    writes it. renamed: names that occurred twice, as they are now."""

    width: int
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    renamed: tuple[str, ...] = ()


def form_of(content: bytes, layout: Layout, header: bool | None) -> Form:
    """What the first rows say. header: whether the first one names the columns; None looks for itself.

    Raises: OwnDataError if there is no row, one column only, or more than the server takes."""
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
        return Form(width, tuple(f"column {place + 1}" for place in range(width)), None)
    padded = [*first, *[""] * width][:width]
    named = [shown(cell) or f"column {place + 1}" for place, cell in enumerate(padded)]
    names = distinct(named)
    return Form(width, names, tuple(sample[0]), tuple(name for name, before in zip(names, named, strict=True) if name != before))


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
    for writing in writings(layout):
        try:
            numbers_of([cell], writing, Counter())
        except NotNumbersError:
            continue
        return True
    return False
