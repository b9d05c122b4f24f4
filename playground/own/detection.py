"""How a text is to be read as a table, proposed from its content."""

import re
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

from playground.own.encodings import decoder_of, encoding_of
from playground.own.errors import OwnDataError
from playground.own.footer import last_rows, lines_at_end
from playground.own.header import detect_head, is_comment
from playground.own.layout import SAMPLE_ROWS, detect_cells, trimmed
from playground.own.numbers import read_number
from playground.own.rows import Row, sample_rows
from playground.own.rows import rows as all_rows
from playground.own.table_format import Decimal, Question, TableFormat

SAVE_AS = "save it as CSV (comma-separated text) and upload that"
_OTHER_TEXTS = {
    r"\s*<(!doctype html|html|head|body|table)\b": "a web page (HTML)",
    r"\s*<(\?xml|svg)\b": "XML",
    r'\s*(\{\s*"|\{\s*\}|\[\s*[\[{])': "JSON",
    r"\{\\rtf": "RTF",
    r"\s*@relation\b": "ARFF",
}
"""Texts of another kind, by their beginning."""
_SAMPLE_BYTES, _SAMPLE = 200_000, 64_000


@dataclass(frozen=True)
class Detected:
    """A proposed format. questions: where another one is plausible, too."""

    format: TableFormat
    questions: tuple[Question, ...] = ()


def detect(content: bytes, **chosen: Any) -> Detected:
    """How a text is to be read. chosen: fields of the format that are known; the others are detected accordingly.

    Raises: OwnDataError if it is not text, or no table."""
    names = frozenset(chosen)
    if unknown := names - {field.name for field in fields(TableFormat)}:
        raise TypeError(f"no fields of a TableFormat: {sorted(unknown)}")
    sample, table = _text(content, TableFormat(**chosen), names)
    rows = list(islice((row for row in all_rows(content, table) if any(map(str.strip, row[1]))), SAMPLE_ROWS))
    head = detect_head(rows, table, names)
    table = head.table
    if "decimal" not in names:
        table = replace(table, decimal=_decimal(rows, table))
    tail = last_rows(content, sample, table)
    widest = max((len(trimmed(row)) for _, row in tail), default=0)
    if "width" in names:
        table = replace(table, width=chosen["width"])
    elif table.width < widest and sum(len(row) == len(tail[0][1]) >= widest for _, row in tail) > len(tail) / 2:
        table = replace(table, width=widest)  # columns without a name whose first cells are empty
    if "left_out" not in names:
        table = replace(table, left_out=lines_at_end(tail, table))
    return Detected(table, head.questions)


def detect_text(content: bytes) -> TableFormat:
    """How a text is divided into cells, and its decimal sign, without what is header and what is row.

    Raises: OwnDataError if it is not text."""
    sample, table = _text(content, TableFormat(first_row=1), frozenset())
    return replace(table, decimal=_decimal(sample_rows(sample, table, SAMPLE_ROWS), table))


def _text(content: bytes, table: TableFormat, chosen: frozenset[str]) -> tuple[str, TableFormat]:
    """The beginning of the text, and the format with encoding, delimiter and quotes."""
    if "encoding" not in chosen:
        table = replace(table, encoding=encoding_of(content, "a text table", SAVE_AS))
    sample = _sample(content, table.encoding)
    if "\x00" in sample:
        raise OwnDataError(f"the file is not text (it contains NUL bytes); {SAVE_AS}")
    for pattern, what in _OTHER_TEXTS.items():
        if re.match(pattern, sample, re.IGNORECASE):
            raise OwnDataError(f"the file is {what}, not a text table; {SAVE_AS}")
    return sample, detect_cells(sample, table, chosen)


def _decimal(rows: list[Row], table: TableFormat) -> Decimal:
    """The decimal sign: that of the numbers that have no other meaning. 1,234 could be either."""
    if table.delimiter == ",":
        return "."
    cells = [cell.strip() for line, row in rows if line >= table.first_row and not is_comment(row, table) for cell in row]
    marked = [cell for cell in cells if "," in cell or "." in cell]
    points = [read_number(cell) is not None for cell in marked]
    commas = [read_number(cell, ",") is not None for cell in marked]
    only_points = sum(point and not comma for point, comma in zip(points, commas, strict=True))
    only_commas = sum(comma and not point for point, comma in zip(points, commas, strict=True))
    both = sum(point and comma for point, comma in zip(points, commas, strict=True))
    if only_commas or only_points:
        return "," if only_commas >= only_points else "."
    return "," if both and table.delimiter == ";" else "."


def _sample(content: bytes, encoding: str) -> str:
    """The first lines, without an incomplete last line."""
    try:
        text = decoder_of(encoding).decode(content[:_SAMPLE_BYTES])
    except UnicodeError:
        raise OwnDataError("the file is not in the chosen encoding; choose another one") from None
    if len(content) <= _SAMPLE_BYTES and len(text) <= _SAMPLE:
        return text
    text = text[:_SAMPLE]
    last = text.rfind("\n")
    return text[: last + 1] if last > 0 else text
