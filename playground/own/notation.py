"""Whether a column contains numbers, and how those of its cells are read that are no plain numbers: other notations, units, missing values,
stray cells."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.names import listed, shown
from playground.own.numbers import APOSTROPHES, MINUS_SIGNS, SPACES, Number, Style, is_currency, read_number, style_of
from playground.own.table_format import MISSING, Decimal, TableFormat
from playground.own.work import go_on

_PLACEHOLDER = re.compile(
    r"[^\w\s]{1,5}|\(?(na|n/a|n\.a\.?|nan|nil|nd|n\.d\.?|none|null|empty|blank|missing|unknown|undefined|unspecified|undetermined"
    r"|not (available|applicable|known|given|reported|recorded|measured|determined|tested|detected|specified|stated|done)"
    r"|no (data|answer|response|value|info|information)|unavailable|suppressed|confidential|withheld|refused|tbd|tba|tbc|void|invalid"
    r"|error|k\.a\.?|keine angabe|inconnu|desconocido)\)?",
    re.IGNORECASE,
)
"""What people write instead of a number."""
_BOUND = re.compile(r"(<|>|≤|≥|~|≈|<=|>=|ca\.?|about|under|over|up to)\s*[$€£]?[0-9].{0,15}", re.IGNORECASE)
"""A number that is not known exactly."""
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z]{1,4}-?[0-9]{2,}|[0-9]{2,}-?[A-Za-z]{1,4}")
"""A code rather than a slip, where there are many."""
_GROUPED = re.compile(rf"[0-9]([,.{SPACES}{APOSTROPHES}])[0-9]{{3}}")
_MOST_PLACEHOLDERS = 0.75
_MOST_STRAYS = 0.1
_FEW_ROWS = 8
"""With at least so many cells, a single stray one makes no column of text."""
_FEW_KINDS = 5
_MOST_UNITS = 5
_AT_ONCE = 5000
_LOOKED_AT = 1000
"""Different odd cells from which it is seen that a column is none of numbers."""


@dataclass(frozen=True)
class Notation:
    """How the cells of a column are read that are no plain numbers.

    values: of those that are numbers; missing and stray: how often each of the others occurs. unit: what stands beside the numbers;
    without_unit: how many numbers have none. thousands: the sign between groups of three digits. decimal: the sign before decimals where
    it is not that of the table. has_negatives: whether parentheses mean a minus; minus: another sign for
    it. has_decimals: whether it is sure which sign is the decimal
    one. ambiguous: a cell such as 1,234 that could be read with either sign. warning: why numbers are read as text. style: the
    notation of most of the cells, if they share one."""

    is_text: bool = False
    values: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    stray: Mapping[str, int] = field(default_factory=dict)
    unit: str = ""
    without_unit: int = 0
    thousands: str = ""
    decimal: Decimal | Literal[""] = ""
    has_negatives: bool = False
    minus: str = ""
    has_decimals: bool = False
    ambiguous: str = ""
    warning: str = ""
    style: Style | None = None


PLAIN = Notation()
"""Of a column of plain numbers only."""


Readings = dict[tuple[str, Decimal], Number | None]
"""Cells that were read before, by text and decimal sign."""


def understood(
    odd: Mapping[str, int],
    plain: NDArray[np.float64],
    styled: tuple[Style | None, int],
    codes: frozenset[str],
    table: TableFormat,
    has_decimals: bool,
    readings: Readings,
    is_forced: bool,
) -> Notation:
    """odd: the cells that are no plain numbers, and how often each occurs. plain: all cells, NaN where they are odd. styled: a notation in
    which cells were read without being odd, and how many. codes: for missing values. has_decimals: whether a plain number has the decimal
    sign. is_forced: whether it is a column of numbers whatever it contains."""
    missing = {text: count for text, count in odd.items() if not text or text in codes}
    rest = {text: count for text, count in odd.items() if text not in missing}
    if not rest:
        return Notation(missing=missing, has_decimals=has_decimals)
    count = int(np.isfinite(plain).sum())
    if not is_forced and len(rest) > _LOOKED_AT and sum(rest.values()) > count:
        some = dict(islice(rest.items(), _LOOKED_AT))
        if len(_read(some, table, has_decimals, readings)[0]) < _LOOKED_AT / 2:
            return Notation(is_text=True)
    readable, decimal = _read(rest, table, has_decimals, readings)
    units = _units(readable, rest, count, styled)
    unit, without = _main_unit(units)
    numbers = {text: number for text, number in readable.items() if number.unit in ("", unit)}
    stray = {text: times for text, times in rest.items() if text not in numbers}
    known = count + sum(rest[text] for text in numbers)
    style, in_style = styled
    is_mixed = in_style > 0 and style is not None and style.unit != unit
    if not is_forced and (is_mixed or not _is_numeric(stray, known, numbers, plain)):
        return Notation(is_text=True, warning=_units_warning(units, count + sum(rest.values())))
    grouped = {text: sign for text in numbers if (sign := _grouping(text, decimal))}
    decimals_known = has_decimals or any(decimal in text or text.count(grouped.get(text, "\0")) > 1 for text in numbers)
    typical = next(iter([*grouped, *(text for text in numbers if numbers[text].unit == unit)]), "")
    return Notation(
        values={text: number.value for text, number in numbers.items()},
        missing=missing,
        stray=stray,
        unit=unit,
        without_unit=without,
        thousands=next(iter(grouped.values()), ""),
        decimal="" if decimal == table.decimal else decimal,
        has_negatives=any(text.startswith("(") for text in numbers),
        minus=next((text[0] for text in numbers if text[0] in MINUS_SIGNS), ""),
        has_decimals=decimals_known,
        ambiguous="" if decimals_known else next((text for text, sign in grouped.items() if sign in ",."), ""),
        style=style_of(typical, decimal, table.thousands) if decimal == table.decimal else None,
    )


def is_placeholder(text: str) -> bool:
    """Whether a cell is what people write instead of a number."""
    return text in MISSING or _PLACEHOLDER.fullmatch(text) is not None or _BOUND.fullmatch(text) is not None


def _read(rest: Mapping[str, int], table: TableFormat, has_decimals: bool, readings: Readings) -> tuple[dict[str, Number], Decimal]:
    """The cells that are numbers, and the decimal sign: that of the table, or the other one if it explains more cells."""
    other: Decimal = "," if table.decimal == "." else "."
    found: list[tuple[dict[str, Number], Decimal]] = []
    can_be_other = not has_decimals and table.thousands is None
    for decimal, thousands in ((table.decimal, table.thousands), (other, None))[: 2 if can_be_other else 1]:
        numbers = {}
        for number_of_text, text in enumerate(rest):
            if number_of_text % _AT_ONCE == 0:
                go_on()
            if (text, decimal) not in readings:
                readings[text, decimal] = read_number(text, decimal, thousands)
            if (number := readings[text, decimal]) is not None:
                numbers[text] = number
        found.append((numbers, decimal))
        if len(numbers) == len(rest):
            break
    return max(found, key=lambda reading: sum(rest[text] for text in reading[0]))


def _units(readable: Mapping[str, Number], rest: Mapping[str, int], plain: int, styled: tuple[Style | None, int]) -> Counter[str]:
    """How many numbers are in each unit, "" for none."""
    units: Counter[str] = Counter()
    for text, number in readable.items():
        units[number.unit] += rest[text]
    style, count = styled
    if style is not None:
        units[style.unit] += count
        plain -= count
    units[""] += plain
    return +units


def _main_unit(units: Counter[str]) -> tuple[str, int]:
    """The unit of the column, and how many numbers have none: that of most cells, or a currency; "" where most have none."""
    named = [(unit, count) for unit, count in units.most_common() if unit]
    if not named:
        return "", 0
    unit, count = named[0]
    return (unit, units[""]) if count > units[""] or is_currency(unit) else ("", 0)


def _is_numeric(stray: Mapping[str, int], known: int, numbers: Mapping[str, Number], plain: NDArray[np.float64]) -> bool:
    """Whether stray cells are few enough. known: number of cells that are numbers."""
    if not stray:
        return True
    placeholders = sum(count for text, count in stray.items() if is_placeholder(text))
    kinds = [text for text in stray if not is_placeholder(text)]
    others, total = sum(stray.values()) - placeholders, known + sum(stray.values())
    if known < 2 or placeholders > _MOST_PLACEHOLDERS * total:
        return False
    if others > _MOST_STRAYS * total and (others > 1 or total < _FEW_ROWS):
        return False
    different = len(np.unique(plain[np.isfinite(plain)])) + len({number.value for number in numbers.values()})
    are_codes = sum(_LETTERS_AND_DIGITS.fullmatch(text) is not None for text in kinds) > len(kinds) / 2
    return len(kinds) <= max(_FEW_KINDS, 0 if are_codes else _MOST_STRAYS * different)


def _units_warning(units: Counter[str], total: int) -> str:
    """Why nearly all of so many cells being numbers makes no column of numbers."""
    if not 2 <= len(units) <= _MOST_UNITS or sum(units.values()) < (1 - _MOST_STRAYS) * total or min(units.values()) < 2:
        return ""
    mixed = listed(f"{count:,} × {shown(unit) or 'without'}" for unit, count in units.most_common())
    return f"mixes units ({mixed}), so it is read as categories. Convert them to one unit to read it as numbers."


def _grouping(text: str, decimal: Decimal) -> str:
    """The thousands separator of a number, one of `THOUSANDS`."""
    match = _GROUPED.search(text)
    if match is None or match[1] == decimal:
        return ""
    return " " if match[1] in SPACES else "'" if match[1] in APOSTROPHES else match[1]
