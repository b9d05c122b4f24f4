"""The encoding of a text file, also of one that changes half-way."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import TextIO

from playground.own.errors import OwnDataError
from playground.own.work import go_on

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "mixed": "UTF-8 and Windows-1252",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "mac-roman": "Mac Roman",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
}
"""Python's name of each encoding that a file can be read in, and the common name. mixed: UTF-8, but bytes that are not are Windows-1252."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
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
_BLOCK = 1 << 20
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""A character of UTF-8 that is not ASCII."""
_ASCII = bytes(range(128))
_MOST_MIXED = 200_000
"""Bytes of another encoding in a file of UTF-8."""
_FEWEST_SEQUENCES = 0.2
"""Characters of UTF-8 for each other byte: fewer are a coincidence."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1").translate(_WINDOWS), error.end


_WINDOWS = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
_ERRORS = "playground.windows-1252"
codecs.register_error(_ERRORS, _as_windows)


def encoding_of(content: bytes, expected: str, remedy: str) -> str:
    """The encoding of a text, one of `ENCODINGS`. expected: what it should be, for the message; remedy: what to do.

    Raises: OwnDataError if it is not text, or damaged."""
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise OwnDataError(f"the file is {what}, not {expected}; {remedy}")
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            if not decodes(content, encoding):
                raise OwnDataError(f"the file is marked as {ENCODINGS[encoding]}, but is incomplete or damaged; save it again")
            return encoding
    head = content[:2000]
    if head.count(0) * 4 > len(head) > 3:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        if decodes(content, encoding):
            return encoding
    if decodes(content, "utf-8"):
        return "utf-8"
    if _is_mixed(content):
        return "mixed"
    return "cp1252" if decodes(content, "cp1252") else "latin-1"


def decoder_of(encoding: str) -> codecs.IncrementalDecoder:
    """For reading block by block."""
    name, errors = _codec(encoding)
    return codecs.getincrementaldecoder(name)(errors)


def opened(content: bytes, encoding: str) -> TextIO:
    """The text, decoded while it is read; the ends of its lines are kept."""
    name, errors = _codec(encoding)
    return io.TextIOWrapper(io.BytesIO(content), encoding=name, errors=errors, newline="")


def decodes(content: bytes, encoding: str) -> bool:
    """Whether all of the content is text in this encoding."""
    decoder = decoder_of(encoding)
    try:
        for start in range(0, len(content), _BLOCK):
            go_on()
            decoder.decode(content[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def first_other_line(content: bytes) -> int:
    """The first line of a mixed text that is not UTF-8, from 1."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


def lines_of(content: bytes, encoding: str) -> Iterator[str]:
    """Each line with its end."""
    return iter(opened(content, encoding))


def _codec(encoding: str) -> tuple[str, str]:
    return ("utf-8", _ERRORS) if encoding == "mixed" else (encoding, "strict")


def _is_mixed(content: bytes) -> bool:
    others, sequences = _SEQUENCE.subn(b"", content)
    strange = len(others.translate(None, _ASCII))
    return sequences > 0 and strange <= min(_MOST_MIXED, sequences / _FEWEST_SEQUENCES)
