"""What was found in the columns of a table, one sentence each."""

from collections.abc import Sequence

from playground.own.columns import Column
from playground.own.names import listed, shown
from playground.own.prepared import Note
from playground.own.table_format import THOUSANDS, TableFormat
from playground.own.times import is_time

_EXAMPLES = {",": "1,234", ".": "1.234", " ": "1 234", "'": "1'234"}


_SHARED = {
    "is empty": "are empty",
    "has the same value in every row, so nothing can be learned from it": (
        "have the same value in every row, so nothing can be learned from them"
    ),
    "is different in (nearly) every row, like a name or a row number": "are different in (nearly) every row, like names or row numbers",
}
"""What several columns may have in common, of one and of several."""
_MOST_NAMES = 20


def column_notes(columns: Sequence[Column], table: TableFormat) -> list[Note]:
    """All of them, column by column, and last what columns have in common."""
    notes = []
    shared: dict[str, list[str]] = {text: [] for text in _SHARED}
    for column in columns:
        name = f"“{column.name}”"
        if column.kind != "empty":
            notes += [Note(f"{name}{text}", warning) for text, warning in (*_missing(column), *_notation(column, table), *_kind(column))]
        if (text := _in_common(column)) is not None:
            shared[text].append(name)
    for (one, several), names in zip(_SHARED.items(), shared.values(), strict=True):
        if names:
            notes.append(Note(f"{listed(names, _MOST_NAMES)} {one if len(names) == 1 else several}.", warning=one == "is empty"))
    return notes


def _in_common(column: Column) -> str | None:
    """What is said of a column together with others."""
    empty, constant, identifier = _SHARED
    if column.kind == "empty":
        return empty
    if column.constant:
        return constant
    is_read = column.has_sentences or (column.kind != "number" and is_time(column))
    return identifier if column.identifier and not is_read else None


def _missing(column: Column) -> list[tuple[str, bool]]:
    notes = []
    if column.missing_as:
        count = sum(column.missing_as.values())
        written = listed(f"{times:,} × {text!r}" if text else f"{times:,} empty" for text, times in column.missing_as.items())
        read = f", read as the category “{column.missing_category}”" if column.missing_category else ""
        notes.append((f": {count:,} missing value{'s' if count > 1 else ''} ({written}){read}.", False))
    if stray := column.notation.stray:
        count = sum(stray.values())
        cells = "1 cell is not a number and counts" if count == 1 else f"{count:,} cells are not numbers and count"
        written = listed(f"{times:,} × “{shown(text, 30)}”" for text, times in sorted(stray.items(), key=lambda item: -item[1]))
        notes.append((f": {cells} as missing ({written}).", True))
    if column.too_large:
        notes.append((f": {column.too_large:,} value{'s' if column.too_large > 1 else ''} beyond 1e30, counted as missing.", True))
    return notes


def _notation(column: Column, table: TableFormat) -> list[tuple[str, bool]]:
    notation, notes = column.notation, []
    if notation.thousands:
        example = _EXAMPLES[notation.thousands]
        decimal = notation.decimal or table.decimal
        name = THOUSANDS[notation.thousands]
        notes.append(
            (
                f": {name} were read as thousands separators ({example}{decimal}5 as 1234.5).",
                bool(notation.ambiguous) and table.delimiter != ",",
            )
        )
    if notation.decimal:
        sign, example = ("commas", "1,5") if notation.decimal == "," else ("points", "1.5")
        notes.append((f": {sign} were read as decimal signs ({example} as 1.5).", table.delimiter == notation.decimal))
    if notation.unit == "%":
        notes.append((": percent signs were removed (45 % became 45).", False))
    elif notation.unit:
        notes.append((f": “{shown(notation.unit)}” was removed; the numbers are in this unit.", False))
    if notation.without_unit:
        count = notation.without_unit
        cells = "1 number has no unit and is" if count == 1 else f"{count:,} numbers have no unit and are"
        notes.append((f": {cells} read as if they were in “{shown(notation.unit)}”.", True))
    if notation.has_negatives:
        notes.append((": parentheses were read as a minus sign, (5) as −5.", False))
    if notation.minus:
        notes.append((f": “{notation.minus}” was read as a minus sign.", False))
    if notation.warning:
        notes.append((f" {notation.warning}", True))
    return notes


def _kind(column: Column) -> list[tuple[str, bool]]:
    notes = []
    if column.code:
        notes.append((f" contains codes, such as {shown(column.code)}, and is read as categories, not as numbers.", False))
    if column.formulas:
        cells = "1 cell looks like a formula and was" if column.formulas == 1 else f"{column.formulas:,} cells look like formulas and were"
        notes.append((f": {cells} kept as text.", True))
    if column.constant:
        return notes
    if column.has_sentences:
        notes.append((" contains sentences.", False))
    elif column.kind != "number" and is_time(column):
        notes.append((" contains times.", False))
    return notes
