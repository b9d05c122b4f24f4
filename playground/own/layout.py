"""How the cells of a text are separated and quoted, detected from its beginning."""

import re
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Literal

from playground.own.numbers import looks_like_number
from playground.own.rows import Row, sample_rows
from playground.own.table_format import DELIMITERS, WHITESPACE, TableFormat

SAYS_DELIMITER = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?[\r\n]", re.IGNORECASE)
"""The line with which Excel declares the delimiter."""

SAMPLE_ROWS = 200
_ESCAPED = re.compile(r"\\[\"',;\t|]")
_EVEN, _NUMBERS = 0.9, 0.3
"""Whitespace separates cells only where this share of the rows has the same number of cells, and that of the cells are numbers."""


def detect_cells(sample: str, table: TableFormat, chosen: frozenset[str]) -> TableFormat:
    """The format with delimiter, quote and escape. chosen: the fields that stay as they are."""
    declared = SAYS_DELIMITER.match(sample)
    if declared and "delimiter" not in chosen:
        table, chosen = replace(table, delimiter=declared[1]), chosen | {"delimiter"}
    delimiters = [table.delimiter] if "delimiter" in chosen else list(DELIMITERS)
    quotes: list[Literal['"', "'", ""]] = [table.quote] if "quote" in chosen else ['"', "'"] if _single_quoted(sample) else ['"']
    escapes = [table.backslash] if "backslash" in chosen else [False, True] if _ESCAPED.search(sample) else [False]
    options = [
        replace(table, delimiter=delimiter, quote=quote, backslash=backslash)
        for delimiter, quote, backslash in product(delimiters, quotes, escapes)
    ]
    best = max(options, key=lambda option: _score(sample, option))
    return best if "edges" in chosen else replace(best, edges=_has_edges(sample, best.delimiter))


def _has_edges(sample: str, delimiter: str) -> bool:
    """Whether vertical bars also stand before and after each line, as in Markdown."""
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    return delimiter == "|" and sum(line[:1] == line[-1:] == delimiter for line in lines) >= _EVEN * len(lines)


def _score(sample: str, table: TableFormat) -> tuple[float, float, float, int]:
    """The share of rows of equal length, then that of cells that are numbers (1,5;2,5 is not a table of three columns), then that of cells
    without quotes left over from a wrong reading, then the number of cells."""
    parsed = sample_rows(sample, table, SAMPLE_ROWS)
    width, share = common_width(parsed)
    if width < 2:
        return 0.0, 0.0, 0.0, 1
    cells = [cell.strip() for _, row in parsed for cell in row]
    numbers = sum(map(looks_like_number, cells)) / len(cells)
    clean = sum(not ('"' in cell or cell[:1] == "'") for cell in cells) / len(cells)
    if table.delimiter == WHITESPACE and (share < _EVEN or numbers < _NUMBERS):
        return 0.0, 0.0, 0.0, 1
    return share, numbers, clean, width


def common_width(parsed: list[Row]) -> tuple[int, float]:
    """The number of cells of most rows, without empty ones at the end, and the share of these rows."""
    widths = Counter(len(trimmed(row)) for _, row in parsed)
    if not widths:
        return 1, 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return width, count / len(parsed)


def trimmed(row: list[str]) -> list[str]:
    """Without empty cells at the end."""
    count = len(row)
    while count and not row[count - 1].strip():
        count -= 1
    return row[:count]


def _single_quoted(sample: str) -> bool:
    return sample.count("'") >= 4 and '"' not in sample
