"""Cells of a table as numbers, in the notations that people and programs use."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.text import DECIMAL_COMMA, Layout

Writing = Literal["plain", "grouped", "comma"]
"""plain: 1234.5. grouped: 1,234.5. comma: 1.234,5. The last two may be followed by a percent sign."""

_ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!")
"""Error values of spreadsheets."""
MISSING = frozenset(
    (
        "", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "-nan", "null", "NULL", "Null", "None", "?", "-", "inf", "-inf", "Inf", "-Inf",
        *_ERRORS,
    )
)  # fmt: skip
"""Cells that mean a missing value, or a number that cannot be learned."""

_STRANGE = re.compile(r"[^0-9eE+\-. \0]")
_GROUPED = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII)


class NotNumbersError(ValueError):
    """Cells that are not numbers where numbers were expected."""


def writings(layout: Layout) -> tuple[Writing, ...]:
    """The number notations to try in a text of this layout; each column uses the first one that fits all its cells."""
    return ("comma", "plain") if layout.decimal_comma else ("plain", "grouped")


def numbers_of(cells: Sequence[str], writing: Writing, missing: Counter[str]) -> NDArray[np.float64]:
    """The cells as numbers, NaN if missing; `missing` counts each notation for missing values.

    Raises: NotNumbersError if a cell is something else."""
    convert = _FROM[writing]
    if writing != "plain" or not _STRANGE.search("\0".join(cells)):
        try:
            return np.fromiter(map(convert, cells), np.float64, len(cells))
        except ValueError:
            pass  # some are missing, or text
    values = np.full(len(cells), np.nan)
    found: Counter[str] = Counter()
    for index, cell in enumerate(cells):
        plain = cell.strip()
        if plain in MISSING:
            found[plain] += 1
        elif writing == "plain" and _STRANGE.search(plain):
            raise NotNumbersError(plain)
        else:
            try:
                values[index] = convert(plain)
            except ValueError:
                raise NotNumbersError(plain) from None
    missing.update(found)
    return values


def _without_percent(cell: str) -> str:
    return cell.strip().removesuffix("%").rstrip()


def _comma_float(cell: str) -> float:
    plain = _without_percent(cell)
    if not DECIMAL_COMMA.fullmatch(plain):
        raise ValueError(plain)
    return float(plain.replace(".", "").replace(",", "."))


def _grouped_float(cell: str) -> float:
    plain = _without_percent(cell)
    if not _GROUPED.fullmatch(plain):
        raise ValueError(plain)
    return float(plain.replace(",", ""))


_FROM: dict[Writing, Callable[[str], float]] = {"plain": float, "grouped": _grouped_float, "comma": _comma_float}
SEPARATORS: dict[Writing, Literal["", ",", "."]] = {"plain": "", "grouped": ",", "comma": "."}
"""Thousands separators."""
