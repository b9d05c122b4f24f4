"""Text files: detect the encoding and the delimiter, and split lines into cells."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from playground.own.errors import OwnDataError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
)
_SAVE_AS = "save it as CSV (comma-separated text) and upload that"
_BLOCK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 131_072
"""Characters in a cell: the limit of the csv module."""

DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
"""1,5 and 1.234,5, and integers."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SAYS_DELIMITER = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?[\r\n]", re.IGNORECASE)
"""The line with which Excel declares the delimiter."""
_WITH_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+(?: ?%)?", re.ASCII)


@dataclass(frozen=True)
class Layout:
    """How to read the text of a table. encoding: Python's name; encoding_name: the common name. says_delimiter: whether the first line is
    Excel's `sep=;` instead of a row."""

    encoding: str
    encoding_name: str
    delimiter: str
    decimal_comma: bool
    says_delimiter: bool = False


def layout_of(content: bytes) -> Layout:
    """Raises: OwnDataError if it is not text."""
    encoding, name = encoding_of(content, "a text table", _SAVE_AS)
    sample = _sample(content, encoding)
    if "\x00" in sample:
        raise OwnDataError(f"the file is not text (it contains NUL bytes); {_SAVE_AS}")
    declared = _SAYS_DELIMITER.match(sample)
    delimiter = declared[1] if declared else _delimiter(sample)
    cells = [cell.strip() for row in _rows(sample, delimiter) for cell in row]
    return Layout(encoding, name, delimiter, delimiter != "," and any(map(_WITH_COMMA.fullmatch, cells)), declared is not None)


def rows(content: bytes, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its last line; empty lines as []. Streamed, so that a large file needs little memory.

    Raises: OwnDataError naming the line if a quotation is not closed."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=layout.encoding, newline="")
    reader = csv.reader(lines, delimiter=layout.delimiter)
    try:
        if layout.says_delimiter:
            next(reader)
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise OwnDataError(
            f"line {reader.line_num:,}: cannot be read ({error}); a cell can have at most {MAX_CELL:,} characters; "
            f"look for an unclosed quotation mark"
        ) from None


def encoding_of(content: bytes, expected: str, remedy: str) -> tuple[str, str]:
    """The encoding of a text: Python's name and the common name. expected: what it should be, for the message; remedy: what to do.

    Raises: OwnDataError if it is not text, or damaged."""
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise OwnDataError(f"the file is {what}, not {expected}; {remedy}")
    for bom, encoding, name in _BOMS:
        if content.startswith(bom):
            if not _decodes(content, encoding):
                raise OwnDataError(f"the file is marked as {name}, but is incomplete or damaged; save it again")
            return encoding, name
    head = content[:2000]
    if head.count(0) * 4 > len(head) > 3:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        if _decodes(content, encoding):
            return encoding, "UTF-16"
    if _decodes(content, "utf-8"):
        return "utf-8", "UTF-8"
    return ("cp1252", "Windows-1252") if _decodes(content, "cp1252") else ("latin-1", "Latin-1")


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _BLOCK):
            decoder.decode(content[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(content: bytes, encoding: str) -> str:
    """The first lines, without an incomplete last line."""
    text = codecs.getincrementaldecoder(encoding)().decode(content[:200_000])[:64_000]
    last = text.rfind("\n")
    return text[: last + 1] if last > 0 and len(content) > len(text) else text


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(row for row in islice(reader, 200) if row)
    return rows


def _delimiter(sample: str) -> str:
    """The delimiter that gives the most rows of equal length, then the most numeric cells (1,5;2,5 is not a table of three columns), then
    the most cells."""

    def score(delimiter: str) -> tuple[float, float, int]:
        rows = _rows(sample, delimiter)
        widths = [len(row) for row in rows]
        common = max(set(widths), key=widths.count) if widths else 1
        if common < 2:
            return 0.0, 0.0, 1
        cells = [cell.strip() for row in rows for cell in row]
        numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
        return widths.count(common) / len(widths), numbers / len(cells), common

    best = max(DELIMITERS, key=score)
    return best if score(best)[0] > 0 else ","
