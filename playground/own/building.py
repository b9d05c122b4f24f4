"""A column of a table while it is read in chunks: numbers as long as its cells allow, otherwise text."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from playground.own.columns import Column, number_column, text_column
from playground.own.notation import PLAIN, Notation, Readings, understood
from playground.own.numbers import Style
from playground.own.table_format import TableFormat

_STRANGE = {".": re.compile(r"[^0-9eE+\-. \0]"), ",": re.compile(r"[^0-9eE+\-, \0]")}
"""What no plain number contains, by the decimal sign; cells are joined by NUL."""
_PLAIN = {
    ".": re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*"),
    ",": re.compile(r"\s*[+-]?(?:[0-9]+(?:,[0-9]+)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?\s*"),
}
_CODE = re.compile(r"\0 *(0[0-9]+|[0-9]{16,}) *(?=\0)")
_DECIMALS = {sign: re.compile(rf"\0 *[+-]?[0-9]*\{sign}[0-9]+(?:[eE][+-]?[0-9]+)? *(?=\0)") for sign in ".,"}
"""A plain number with decimals."""
_CERTAIN = {sign: re.compile(rf"\0 *[+-]?(?:[0-9]{{4,}}|0|)\{sign}[0-9]|[0-9]\{sign}(?![0-9]{{3}} *\0)") for sign in ".,"}
"""A decimal sign that cannot separate thousands."""
_MANY_ODD = 20_000
"""With so many different odd cells, a column is checked again whether it is still one of numbers."""


class Building:
    """A column while it is read. position: from 0. failed: its cells turned out to be text after some were read as numbers, so all have to
    be read again."""

    def __init__(self, position: int, table: TableFormat) -> None:
        self.position, self._table, self._own = position, table, table.column(position)
        self._codes = frozenset(table.missing) - frozenset(self._own.values)
        self._warning = self._code = ""
        self._at_end = PLAIN
        self._reset("text" if self._own.type in ("category", "date", "text") else "number")

    def _reset(self, mode: str) -> None:
        self._mode = mode
        self.failed = False
        self._numbers: list[NDArray[np.float64]] = []
        self._odd_at: list[NDArray[np.int64]] = []
        self._texts: list[NDArray[np.int32]] = []
        self._indices: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._missing: Counter[str] = Counter()
        self._rows = 0
        self._has_decimals = False
        self._is_certain = self._table.delimiter == ","
        self._example = ""
        self._style: Style | None = None
        self._styled = 0
        self._readings: Readings = {}
        self._check_at = _MANY_ODD

    def restart(self) -> None:
        """Begins again, as text."""
        self._reset("text")

    def add(self, cells: Sequence[str]) -> None:
        if self.failed:
            return
        if self._mode == "text":
            self._texts.append(self._coded(cells))
            return
        self._add_numbers(cells)
        is_first = len(self._numbers) == 1
        if is_first or len(self._indices) > self._check_at:
            self._check_at *= 4
            notation = self._notation()
            self._style = notation.style if is_first else self._style
            if notation.is_text or (is_first and self._is_code()):
                self._warning = notation.warning
                self.failed = True
                if is_first:
                    self._reset("text")
                    self._texts.append(self._coded(cells))

    def end(self) -> None:
        """After the last cell: decides what the column is."""
        if self._mode == "number" and not self.failed:
            notation = self._at_end = self._notation()
            self._warning = notation.warning
            self.failed = notation.is_text or self._is_code()

    def _add_numbers(self, cells: Sequence[str]) -> None:
        """Plain numbers as such; other cells by their index in `_indices`, to be understood when all are known."""
        decimal = self._table.decimal
        joined = "\0".join(("", *cells, ""))
        is_strange = _STRANGE[decimal].search(joined) is not None
        if not self._has_decimals and decimal in joined:
            self._has_decimals = _DECIMALS[decimal].search(joined) is not None
        if not self._has_decimals and not self._code and (code := _CODE.search(joined)):
            self._code = code[1]
        if self._has_decimals and not self._is_certain and decimal in joined:
            self._is_certain = _CERTAIN[decimal].search(joined) is not None
            self._example = next((cell.strip() for cell in cells if decimal in cell), self._example)
        if not is_strange:
            plain = cells if decimal == "." or "," not in joined else joined.replace(",", ".").split("\0")[1:-1]
            if len(plain) == len(cells):
                try:
                    self._numbers.append(np.fromiter(map(float, plain), np.float64, len(cells)))
                except ValueError:
                    pass  # some are missing, or text
                else:
                    self._rows += len(cells)
                    return
        values = np.full(len(cells), np.nan)
        indices, odd_at, fits, style = self._indices, [], _PLAIN[decimal].fullmatch, self._style
        for index, cell in enumerate(cells):
            if cell and fits(cell):
                values[index] = float(cell.replace(",", ".") if decimal == "," else cell)
            elif style is not None and (value := style.value(cell)) is not None:
                values[index] = value
                self._styled += 1
            else:
                odd_at.append((self._rows + index, indices.setdefault(cell.strip(), len(indices))))
        self._numbers.append(values)
        if odd_at:
            self._odd_at.append(np.array(odd_at, np.int64))
        self._rows += len(cells)

    def _is_code(self) -> bool:
        """Codes with leading zeros, or longer than a number can be; a column with decimals has none."""
        return bool(self._code) and not self._has_decimals and self._own.type != "number"

    def _odd(self) -> NDArray[np.int64]:
        """(N, 2) rows of the cells that are no plain numbers, and their index in `_indices`."""
        return np.concatenate(self._odd_at) if self._odd_at else np.zeros((0, 2), np.int64)

    def _notation(self) -> Notation:
        counts = np.bincount(self._odd()[:, 1], minlength=len(self._indices)).tolist()
        odd = dict(zip(self._indices, counts, strict=True))
        plain = np.concatenate(self._numbers)
        styled = (self._style, self._styled)
        is_forced = self._own.type == "number"
        notation = understood(odd, plain, styled, self._codes, self._table, self._has_decimals, self._readings, is_forced=is_forced)
        if self._has_decimals and not self._is_certain:
            return replace(notation, has_decimals=False, ambiguous=self._example)
        return notation

    def _coded(self, cells: Sequence[str]) -> NDArray[np.int32]:
        coded = list(map(self._known.get, cells))
        if None in coded:
            indices, codes, known = self._indices, self._codes, self._known
            for cell in cells:
                if cell not in known:
                    plain = cell.strip()
                    known[cell] = -1 if not plain or plain in codes else indices.setdefault(plain, len(indices))
            coded = list(map(known.get, cells))
        values = np.array(coded, np.int32)
        if len(gaps := np.flatnonzero(values < 0)):
            self._missing.update(cells[row].strip() for row in gaps.tolist())
        return values

    def column(self, name: str) -> Column:
        if self._mode == "text":
            values = np.concatenate([np.asarray(part, np.int32) for part in self._texts])
            return text_column(self.position, name, values, list(self._indices), self._missing, self._own, self._code, self._warning)
        notation, numbers, odd = self._at_end, np.concatenate(self._numbers), self._odd()
        numbers[odd[:, 0]] = np.array([notation.values.get(text, np.nan) for text in self._indices] or [np.nan])[odd[:, 1]]
        return number_column(self.position, name, numbers, notation, self._codes)
