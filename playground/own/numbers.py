"""A cell of a table as a number, in the notations that people and programs use."""

import math
import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from playground.own.table_format import Decimal

SPACES, APOSTROPHES = " \u00a0\u2009\u202f\u2007", "'’ʼ"
_SIGNS = {"": "", ",": ",", ".": r"\.", " ": SPACES, "'": APOSTROPHES}
_CURRENCY = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) == "Sc").replace("$", r"\$")
_CODES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|MAD|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PKR|PLN|"
    "QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
"""Currencies, as ISO 4217 writes them."""
_BEFORE = rf"(?:[A-Z]{{0,3}}[{_CURRENCY}]|{_CODES}|Rs\.?|Fr\.)"
_WORD = r"(?:[^\W\d_]+[²³23]?|°[CF]?|%|‰|[′″])"
_AFTER = rf"(?:[{_CURRENCY}]|{_WORD}(?:[ /·]{_WORD}|/h)?\.?)"
_ORDINAL = re.compile(r"st|nd|rd|th|am|pm|e", re.IGNORECASE)
_MONTH = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?", re.IGNORECASE)
MINUS_SIGNS = "\u2212\ufe63\uff0d\u2013"
"""What else than a hyphen people write for a minus."""
_MINUS = str.maketrans(dict.fromkeys(MINUS_SIGNS, "-"))
_PLURAL = 4
"""Units of at least so many letters may have a plural."""


@dataclass(frozen=True)
class Number:
    """value: of a cell. unit: what stands before or after the digits, "" if nothing does."""

    value: float
    unit: str = ""


@dataclass(frozen=True)
class Style:
    """The notation of a whole column, as one of its cells is written. decimal: the sign before decimals. thousands: that between groups of
    digits, "" for none. before, after: what stands beside the digits. unit: see `Number`."""

    decimal: Decimal
    thousands: str
    before: str
    after: str
    unit: str

    @cached_property
    def _fits(self) -> Callable[[str], re.Match[str] | None]:
        sign, decimal = re.escape(self.thousands), re.escape(self.decimal)
        digits = rf"(?:[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+|[0-9]+)" if sign else "[0-9]+"
        return re.compile(rf"(-?){re.escape(self.before)}({digits}(?:{decimal}[0-9]+)?){re.escape(self.after)}").fullmatch

    def value(self, cell: str) -> float | None:
        """The number in a cell that is written so; None if it is not."""
        match = self._fits(cell)
        if match is None:
            return None
        digits = match[2].replace(self.thousands, "") if self.thousands else match[2]
        return float(match[1] + (digits.replace(",", ".") if self.decimal == "," else digits))


def style_of(text: str, decimal: Decimal, thousands: str | None) -> Style | None:
    """The notation of a number that has no sign."""
    number, match = read_number(text, decimal, thousands), _pattern(decimal, thousands).fullmatch(text)
    if number is None or match is None or match["open"] or match["minus"] or match["later"] or match["last"]:
        return None
    start, end = match.span("number")
    separator = _SEPARATOR.search(match["number"])
    return Style(decimal, separator[0] if separator and separator[0] != decimal else "", text[:start], text[end:], number.unit)


@lru_cache(maxsize=32)
def _pattern(decimal: Decimal, thousands: str | None) -> re.Pattern[str]:
    signs = "".join(_SIGNS[sign] for sign in ((",", ".", " ", "'") if thousands is None else (thousands,)) if sign != decimal)
    digits = "[0-9]+"
    if signs:
        digits = rf"(?:[1-9][0-9]{{0,2}}(?P<sign>[{signs}])[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*(?![0-9])|[0-9]+)"
        if "," in signs:
            digits = rf"(?:[1-9][0-9]?(?:,[0-9][0-9])+,[0-9]{{3}}(?![0-9])|{digits})"  # India: 12,34,567
    decimals = r"(?:\.[0-9]*)?" if decimal == "." else "(?:,[0-9]+)?"
    only_decimals = rf"{re.escape(decimal)}[0-9]+"
    number = rf"(?:{digits}{decimals}|{only_decimals})(?:[eE][+-]?[0-9]+)?"
    return re.compile(
        rf"(?P<open>\()?(?P<minus>[+-])?[{SPACES}]?(?P<before>{_BEFORE})?[{SPACES}]?(?P<later>[+-])?(?P<number>{number})"
        rf"(?:[{SPACES}]?(?P<after>{_AFTER}))?(?P<close>\))?(?P<last>-)?"
    )


def read_number(text: str, decimal: Decimal = ".", thousands: str | None = None) -> Number | None:
    """The number in a cell without spaces around it; None if it is something else. thousands: the sign between groups of three digits, None
    for any that is not the decimal sign."""
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return None
    match = _pattern(decimal, thousands).fullmatch(text.translate(_MINUS))
    if match is None:
        return None
    opened, minus, before, later, number, after, closed, last = match.group(
        "open", "minus", "before", "later", "number", "after", "close", "last"
    )
    if bool(opened) != bool(closed) or (before and after and after != "%") or sum(map(bool, (opened, minus, later, last))) > 1:
        return None
    unit = before or after or ""
    if _ORDINAL.fullmatch(unit) or _MONTH.fullmatch(unit):
        return None
    plain = "".join(each for each in number if each in _PLAIN or each == decimal).replace(",", ".")
    value = float(plain)
    return Number(-value if opened or "-" in (minus, later, last) else value, _singular(unit.rstrip(".")))


_MONEY = re.compile(rf"{_BEFORE}|[{_CURRENCY}]")
_SEPARATOR = re.compile(rf"(?<=[0-9])[,.{SPACES}{APOSTROPHES}](?=[0-9]{{3}}(?![0-9]))")
_LONGEST = 60
_DIGIT = re.compile("[0-9]")
_SIMPLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PLAIN = frozenset("0123456789eE+-")


def looks_like_number(text: str) -> bool:
    """Whether a cell is a number in any notation."""
    return _SIMPLE.fullmatch(text) is not None or read_number(text) is not None or read_number(text, ",") is not None


def _singular(unit: str) -> str:
    return unit[:-1].lower() if len(unit) > _PLURAL and unit.endswith("s") else unit.lower() if len(unit) > _PLURAL else unit


def is_currency(unit: str) -> bool:
    """Whether a unit is money."""
    return _MONEY.fullmatch(unit) is not None


def finite(text: str) -> float | None:
    """The number that a text is for Python, None if it is none, or infinite."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
