"""Numbers as people write them, and cells that are none."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.own import Column, ColumnFormat, TableDraft, read_table
from playground.own.numbers import Number, read_number


def column_of(cells: Sequence[str], **chosen: object) -> Column:
    return table_of(cells, **chosen).columns[0]


def table_of(cells: Sequence[str], **chosen: object) -> TableDraft:
    """Cells beside a column of numbers, separated by tabs."""
    lines = [f"{cell}\t{row}.5" for row, cell in enumerate(cells)]
    return read_table("\n".join(["a\tb", *lines]).encode(), **{"decimal": ".", **chosen})  # type: ignore[arg-type]


def notes_of(draft: TableDraft) -> str:
    return "\n".join(note.text for note in draft.notes)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,234.5", 1234.5, ""), ("1 234.5", 1234.5, ""), ("1\u00a0234", 1234, ""), ("1\u202f234\u202f567", 1234567, ""),
        ("1'234.50", 1234.5, ""), ("1’234", 1234, ""), ("12,34,567", 1234567, ""), ("1,234,567", 1234567, ""),
        ("$1,000", 1000, "$"), ("-$5", -5, "$"), ("$-5", -5, "$"), ("US$ 5", 5, "US$"), ("€ 5", 5, "€"), ("5 €", 5, "€"),
        ("5EUR", 5, "EUR"),        ("CHF 12.50", 12.5, "CHF"), ("₹1,23,456", 123456, "₹"), ("Rs. 5", 5, "Rs"),
        ("45%", 45, "%"), ("7.5 %", 7.5, "%"), ("12 kg", 12, "kg"), ("12kg", 12, "kg"), ("3 km/h", 3, "km/h"), ("21.5 °C", 21.5, "°C"),
        ("5 m²", 5, "m²"), ("5 hours", 5, "hour"), ("1 hour", 1, "hour"),
        ("\u22125.5", -5.5, ""), ("\u20135", -5, ""), ("(1,234)", -1234, ""), ("($5)", -5, "$"), ("5-", -5, ""), ("+5", 5, ""),
        (".5", 0.5, ""), ("5.", 5, ""), ("1e-3", 0.001, ""),
    ],
)  # fmt: skip
def test_notations(text: str, value: float, unit: str) -> None:
    assert read_number(text) == Number(value, unit)


@pytest.mark.parametrize(("text", "value"), [("1.234,5", 1234.5), ("1 234,5", 1234.5), ("0,5", 0.5), ("1,234", 1.234), ("12,5 €", 12.5)])
def test_notations_with_a_decimal_comma(text: str, value: float) -> None:
    number = read_number(text, ",")
    assert number is not None
    assert number.value == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "1,2", "12,34,5", "0,125", "1,23 4", "1.2.3", "192.168.1.1", "1st", "2nd", "3 May", "12:30", "2024-01-01", "0x10", "1e",
     "1_000",     "٣", "5more7", "--1", "(5", "5)", "$5 €", "1 2", "A12", "9" * 100],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(st.floats(-1e9, 1e9), st.sampled_from(["", ",", " ", "'"]))
def test_grouped_digits_are_what_python_writes(value: float, sign: str) -> None:
    number = read_number(f"{value:,.3f}".replace(",", sign))
    assert number is not None
    assert number.value == pytest.approx(value, abs=0.00051)


@pytest.mark.parametrize("stray", ["**", "--", "Unknown", "NuLL", "<0.1", "n.a.", "not available", "…", "see note", "12abc3"])
def test_a_few_stray_cells_are_named_and_missing(stray: str) -> None:
    draft = table_of([str(row * 1.5) if row % 15 != 4 else stray for row in range(60)])
    column = draft.columns[0]
    assert (column.kind, column.missing) == ("number", 4)
    assert dict(column.notation.stray) == {stray: 4}
    assert f"“a”: 4 cells are not numbers and count as missing (4 × “{stray}”)." in notes_of(draft)


def test_a_placeholder_in_half_of_the_cells_is_no_category() -> None:
    assert column_of([str(row * 1.5) if row % 2 else "**" for row in range(40)]).kind == "number"


@pytest.mark.parametrize(
    "cells",
    [
        ["2", "3", "4", "5more"] * 8,
        ["1", "2", "3+"] * 8,
        [str(row) if row % 5 else "none of these" for row in range(40)],
        [f"{85_000 + row}{'ABC'[row % 3] if row % 12 == 0 else ''}" for row in range(400)],
        ["1st", "2nd", "3rd"] * 8,
        ["12 May", "13 May", "14 May"] * 8,
        ["10-20", "20-30", "30-40"] * 8,
    ],
    ids=["number and more", "open end", "too many strays", "codes with letters", "ordinals", "days", "ranges"],
)
def test_categories_stay_categories(cells: list[str]) -> None:
    assert column_of(cells).kind == "category"


def test_strays_far_below_the_first_rows_are_found() -> None:
    cells = [str(row * 0.5) for row in range(60_000)]
    column = column_of([*cells, "abc", "**"])
    assert (column.kind, column.missing) == ("number", 2)
    np.testing.assert_array_equal(column.values[:60_000], np.arange(60_000) * 0.5)


def test_text_far_below_numbers_is_read_as_it_is_written() -> None:
    cells = [f"{row}.0" for row in range(60_000)]
    column = column_of([*cells, *(f"n{row}" for row in range(60_000))])
    assert column.kind == "category"
    assert column.categories[:2] == ("0.0", "1.0")


@pytest.mark.parametrize("unit", ["kg", "$", "€", "%", "km/h"])
def test_one_unit_is_removed_with_a_note(unit: str) -> None:
    draft = table_of([f"{row}.5 {unit}" for row in range(20)])
    np.testing.assert_array_equal(draft.columns[0].values, np.arange(20) + 0.5)
    assert ("percent signs were removed" if unit == "%" else f"“{unit}” was removed") in notes_of(draft)


def test_two_units_are_not_merged() -> None:
    draft = table_of([f"{row} {('kg', 'lb')[row % 2]}" for row in range(20)])
    assert draft.columns[0].kind == "category"
    assert "mixes units (10 × kg, 10 × lb)" in notes_of(draft)
    rare = table_of([f"{row} {'lb' if row == 7 else 'kg'}" for row in range(20)])
    assert dict(rare.columns[0].notation.stray) == {"7 lb": 1}
    percents = table_of([f"{row}{'%' if row % 2 else ''}" for row in range(20)])
    assert "mixes units (10 × %, 10 × without)" in notes_of(percents)


def test_numbers_without_the_unit_of_the_others_are_said() -> None:
    draft = table_of([f"{row}{'' if row == 3 else ' kg'}" for row in range(20)])
    assert draft.columns[0].kind == "number"
    assert "1 number has no unit and is read as if it were in “kg”" in notes_of(draft).replace("they were", "it were")


@pytest.mark.parametrize("cells", [["007", "012", "123"], ["01067", "20095", "80331"], ["1234567890123456789", "9876543210987654321"]])
def test_codes_are_no_numbers(cells: list[str]) -> None:
    draft = table_of(cells * 10)
    assert draft.columns[0].categories == tuple(cells)
    assert f"contains codes, such as {cells[0]}" in notes_of(draft)
    assert column_of(cells * 10, columns=((0, ColumnFormat(type="number")),)).kind == "number"


@pytest.mark.parametrize("cells", [["0", "1", "10"], ["0.5", "00.7", "1"], ["20240131", "20240201"], ["-07", "12"]])
def test_numbers_are_no_codes(cells: list[str]) -> None:
    assert column_of(cells * 10).kind == "number"


def test_decimal_commas_in_one_column_of_a_table_with_points() -> None:
    draft = read_table(("a,b\n" + "\n".join(f'"{row},25",{row}.5' for row in range(20))).encode())
    np.testing.assert_array_equal(draft.columns[0].values, np.arange(20) + 0.25)
    assert "“a”: commas were read as decimal signs" in notes_of(draft)


def test_the_chosen_signs_are_followed() -> None:
    cells = [f"{row},234" for row in range(1, 20)]
    assert column_of(cells, decimal=".").values[0] == 1234
    assert column_of(cells, decimal=",").values[0] == 1.234
    assert column_of([f"{row}'234" for row in range(1, 20)], thousands=",").kind == "category"


TYPES = ["number", "category", "date", "text"]


@pytest.mark.parametrize("kind", TYPES)
def test_the_type_of_a_column_can_be_chosen(kind: str) -> None:
    column = column_of(["1", "2", "x"] * 10, columns=((0, ColumnFormat(type=kind)),))  # type: ignore[arg-type]
    assert column.kind == {"text": "category"}.get(kind, kind)
    assert column.has_sentences == (kind == "text")
    assert column.missing == (10 if kind == "number" else 0)


def test_a_missing_value_can_be_a_category() -> None:
    cells = ["red", "", "missing", "NA"] * 10
    column = column_of(cells, columns=((0, ColumnFormat(missing_is_category=True)),))
    assert column.missing == 0
    assert column.categories == ("red", "missing", "missing2")
    assert column.count_of(column.missing_category) == 20


def test_codes_for_missing_values_can_be_chosen_as_texts_and_numbers() -> None:
    lines = [f"{row - 200 * (row % 5 == 0)},{'nix' if row % 4 == 0 else 'k'}" for row in range(20)]
    numbers, words = read_table("\n".join(["a,b", *lines]).encode(), missing=("nix", "-200.0", "-195")).columns
    assert dict(numbers.missing_as) == {"-200.0": 1, "-195": 1}
    assert dict(words.missing_as) == {"nix": 5}
