"""Lines at the end of a table that are no rows: notes, sources, totals."""

import re
from itertools import pairwise

from playground.own.encodings import ENCODINGS
from playground.own.header import is_comment
from playground.own.layout import trimmed
from playground.own.notation import is_placeholder
from playground.own.numbers import looks_like_number
from playground.own.rows import Row, sample_rows
from playground.own.table_format import TableFormat

_TAIL_BYTES = 64_000
_MOST = 20
_FEWEST_ROWS = 3
_TOTAL = re.compile(
    r"(grand |sub|sub-|column |overall )?(totals?|sums?|averages?|mean|all)( \(.*\))?:?|(insgesamt|gesamt|summe|total général|totale|suma)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[*†‡]|(sources?|notes?|data (from|source)|last updated|updated|copyright|©|downloaded|exported|generated)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"\S+\s+\S+\s+\S+")
_IN_BYTES = frozenset(ENCODINGS) - {"utf-16", "utf-16-le", "utf-16-be", "utf-32"}
"""Encodings in which the end of a line is the byte of ASCII."""


def lines_at_end(tail: list[Row], table: TableFormat) -> tuple[int, ...]:
    """The lines at the end that are no rows. tail: see `last_rows`."""
    whole = sum(len(row) >= table.width for _, row in tail)
    if table.width < 2 or whole < _FEWEST_ROWS or whole < len(tail) / 2:
        return ()
    end = len(tail)
    while end > _FEWEST_ROWS and len(tail) - end < _MOST and _is_no_row(tail, end - 1, table.width):
        end -= 1
    return tuple(line for line, _ in tail[end:])


def last_rows(content: bytes, sample: str, table: TableFormat) -> list[Row]:
    """The rows at the end of the text. sample: the beginning of the text, or all of it."""
    before, tail = _tail(content, sample, table)
    parsed = [(line + before, row) for line, row in sample_rows(tail, table, len(tail) + 1)]
    return [(line, row) for line, row in parsed if line >= table.first_row and not is_comment(row, table)]


def _tail(content: bytes, sample: str, table: TableFormat) -> tuple[int, str]:
    """The number of lines before the last part of the text, and that part."""
    if len(content) <= _TAIL_BYTES or table.encoding not in _IN_BYTES:
        return 0, sample if len(content) <= _TAIL_BYTES else ""
    start = content.find(b"\n", len(content) - _TAIL_BYTES) + 1
    if not start:
        return 0, ""
    lines = content.count(b"\n", 0, start) + content.count(b"\r", 0, start) - content.count(b"\r\n", 0, start)
    return lines, content[start:].decode("utf-8" if table.encoding in ("mixed", "utf-8-sig") else table.encoding, "replace")


def _is_no_row(parsed: list[Row], at: int, width: int) -> bool:
    line, row = parsed[at]
    cells = [cell.strip() for cell in row]
    filled = [cell for cell in cells if cell]
    before = parsed[max(0, at - 200) : at]
    follows_gap = line - parsed[at - 1][0] > 1 and not any(after[0] - first[0] > 1 for first, after in pairwise(before))
    if len(filled) == 1 and (width > 2 or len(row) == 1):
        usual = sum(_SENTENCE.search(other[0]) is not None for _, other in before) > len(before) / 4
        is_note = _NOTE.match(filled[0]) is not None or (_SENTENCE.search(filled[0]) is not None and not usual)
        return cells[0] == filled[0] and (follows_gap or len(row) == 1 or is_note)
    if len(trimmed(row)) > width or not filled:
        return False
    if _is_total(cells, filled, before):
        return True
    return follows_gap and cells[0] != "" and (len(row) < width or _NOTE.match(cells[0]) is not None or _differs(cells, before))


def _is_total(cells: list[str], filled: list[str], before: list[Row]) -> bool:
    """Whether the first cell that is not empty says so, and only this one in its column."""
    if not _TOTAL.fullmatch(filled[0]) or not any(map(looks_like_number, filled[1:])):
        return False
    column = cells.index(filled[0])
    return not any(column < len(other) and other[column].strip() == filled[0] for _, other in before)


def _differs(cells: list[str], before: list[Row]) -> bool:
    """Whether a text stands where all rows have numbers."""
    return any(
        cell and not looks_like_number(cell) and not is_placeholder(cell)
        and all(at >= len(other) or not other[at].strip() or looks_like_number(other[at].strip()) for _, other in before)
        for at, cell in enumerate(cells)
    )  # fmt: skip
