"""What the cells of a table leave open: questions with their options, and the format that is proposed until they are answered."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from playground.own.columns import Column, number_text
from playground.own.names import listed
from playground.own.numbers import finite, read_number
from playground.own.table_format import Decimal, Option, Question, TableFormat
from playground.own.work import go_on

_TWO_LETTERS = re.compile(r"[A-Z]{2}")
_NA = "NA"
_FEWEST_CODES = 3
_NINES = re.compile(r"-?9{2,6}")
_REPEATED, _REPEATED_SHARE = 3, 0.002
"""A number for a missing value occurs at least so often, and in at least this share of the rows."""


def questions_of(columns: Sequence[Column], table: TableFormat) -> tuple[Question, ...]:
    """All questions, whatever the format answers."""
    return (*_decimal_sign(columns, table), *_codes_or_missing(columns, table), *_numbers_or_missing(columns, table))


def proposed(columns: Sequence[Column], table: TableFormat, chosen: frozenset[str]) -> TableFormat:
    """The format with the default answers to questions about missing values. chosen: the fields that stay as they are."""
    if "columns" not in chosen and not any(_NA in column.missing_as for column in columns if not _is_among_codes(column)):
        for column in columns:
            table = _with_code(column, table) if _is_among_codes(column) else table
    if "missing" not in chosen:
        table = replace(table, missing=(*table.missing, *(text for text in _stand_ins(columns) if text not in table.missing)))
    return table


def _decimal_sign(columns: Sequence[Column], table: TableFormat) -> list[Question]:
    """1,234 or 1.234 where all signs have three digits after them."""
    numbers = [column for column in columns if column.kind == "number"]
    doubtful = [column for column in numbers if column.notation.ambiguous]
    if table.delimiter == "," or not doubtful or any(column.notation.has_decimals or column.notation.decimal for column in numbers):
        return []
    example = doubtful[0].notation.ambiguous
    sign: Decimal = "," if "," in example else "."
    other: Decimal = "." if sign == "," else ","
    grouped, decimal = read_number(example, other), read_number(example, sign)
    if grouped is None or decimal is None:
        return []
    names = listed(f"“{column.name}”" for column in doubtful)
    options = (
        Option("It separates thousands", f"{example} is {number_text(grouped.value)}", replace(table, decimal=other, thousands=None)),
        Option("It is the decimal sign", f"{example} is {number_text(decimal.value)}", replace(table, decimal=sign, thousands=None)),
    )
    what = "comma" if sign == "," else "point"
    return [Question(f"What does the {what} mean in {names}, for example in {example}?", options, ("decimal", "thousands"))]


def _codes_or_missing(columns: Sequence[Column], table: TableFormat) -> list[Question]:
    """NA among two-letter codes."""
    questions = []
    for column in columns:
        if not _is_among_codes(column):
            continue
        own = table.column(column.position)
        count = column.missing_as.get(_NA, 0) or column.count_of(_NA)
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        options = (
            Option("A code, such as Namibia", f"{cells} with the category NA", _with_code(column, table)),
            Option("A missing value", f"{cells} missing", table.with_column(column.position, replace(own, values=()))),
        )
        questions.append(Question(f"“{column.name}” contains codes of two letters. What does NA mean there?", options, ("columns",)))
    return questions


def _is_among_codes(column: Column) -> bool:
    if column.kind != "category" or not (_NA in column.missing_as or _NA in column.categories):
        return False
    others = [text for text in column.categories if text != _NA]
    codes = sum(_TWO_LETTERS.fullmatch(text) is not None for text in others)
    return codes >= _FEWEST_CODES and codes >= 0.9 * len(others)


def _with_code(column: Column, table: TableFormat) -> TableFormat:
    return table.with_column(column.position, replace(table.column(column.position), values=(_NA,)))


def _numbers_or_missing(columns: Sequence[Column], table: TableFormat) -> list[Question]:
    """Numbers such as −200 or 999 that stand for a missing value."""
    counts: Counter[str] = Counter()
    for column in columns:
        counts.update({text: count for text, count in column.missing_as.items() if text in table.missing and finite(text) is not None})
    for text in _stand_ins(columns):
        value = finite(text)
        counts[text] += sum(int((column.values == value).sum()) for column in columns if column.kind == "number")
    questions = []
    for text, count in counts.items():
        without = tuple(code for code in table.missing if code != text)
        times = "occurs once" if count == 1 else f"occurs {count:,} times"
        options = (
            Option("A missing value", f"{count:,} missing values", replace(table, missing=(*without, text))),
            Option("A number", f"{text} is learned like other numbers", replace(table, missing=without)),
        )
        questions.append(Question(f"{text} {times}, far from all other values. What does it mean?", options, ("missing",)))
    return questions


def _stand_ins(columns: Sequence[Column]) -> list[str]:
    """Numbers that look like codes for missing values: repeated, far from all others, and made of nines or the only negative ones."""
    found: dict[str, None] = {}
    for column in columns:
        if column.kind != "number" or column.distinct < 3:
            continue
        go_on()
        values = column.values[column.present]
        for code, is_lowest in ((float(values.min()), True), (float(values.max()), False)):
            rest = values[values != code]
            count = len(values) - len(rest)
            text = number_text(code)
            if code % 1 or count < max(_REPEATED, _REPEATED_SHARE * len(values)):
                continue
            spread = float(np.ptp(rest))
            distance = float(rest.min()) - code if is_lowest else code - float(rest.max())
            is_code = _NINES.fullmatch(text) is not None or (is_lowest and code < -1 and float(rest.min()) >= 0)
            if is_code and distance > max(spread, 1):
                found[text] = None
    return list(found)
