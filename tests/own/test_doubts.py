"""Questions about a table that can be read in several ways, and what each answer gives."""

import numpy as np
import pytest

from playground.own import Column, Question, TableDraft, read_table


def draft_of(header: str, rows: list[str]) -> TableDraft:
    return read_table("\n".join([header, *rows]).encode(), "t.csv")


def answers(content: bytes, question: Question, draft: TableDraft) -> list[TableDraft]:
    return [read_table(content, "t.csv", question.answered(option, draft.format)) for option in question.options]


GROUPED = [f"{row},{234 + row}" for row in range(1, 30)]


@pytest.mark.parametrize(("delimiter", "first"), [("\t", 1235), ("|", 1235), (";", 1.235)])
def test_a_comma_before_three_digits_is_a_question(delimiter: str, first: float) -> None:
    content = "\n".join([delimiter.join("ab"), *(f"k{delimiter}{cell}" for cell in GROUPED)]).encode()
    draft = read_table(content)
    assert draft.columns[1].values[0] == first
    (question,) = draft.questions
    assert [option.result for option in question.options] == ["1,235 is 1235", "1,235 is 1.235"]
    thousands, decimals = answers(content, question, draft)
    assert (thousands.columns[1].values[0], decimals.columns[1].values[0]) == (1235, 1.235)
    assert [question.answer(each.format) for each in (thousands, decimals)] == [0, 1]
    assert all(len(each.questions) == 1 for each in (thousands, decimals)), "an answer can be changed"


@pytest.mark.parametrize(("delimiter", "first"), [(";", 1100), ("\t", 1.1)])
def test_a_point_before_three_digits_is_a_question_where_commas_separate_no_cells(delimiter: str, first: float) -> None:
    content = "\n".join([delimiter.join("ab"), *(f"k{delimiter}{row}.100" for row in range(1, 30))]).encode()
    draft = read_table(content)
    assert draft.columns[1].values[0] == first
    (question,) = draft.questions
    thousands, decimals = answers(content, question, draft)
    assert (thousands.columns[1].values[0], decimals.columns[1].values[0]) == (1100, 1.1)


@pytest.mark.parametrize("cell", ["1.100.000", "0.100", "12.5", "1234.500"])
def test_a_point_that_can_only_mean_one_thing_is_no_question(cell: str) -> None:
    draft = draft_of("a;b", [f"{row}.100;k" for row in range(1, 30)] + [f"{cell};k"])
    assert draft.questions == ()
    assert draft.columns[0].kind == "number"


@pytest.mark.parametrize(
    ("other", "value"),
    [("1.5", 1235), ("1,5", 1.235), ("1,2345", 1.235), ("0,125", 1.235)],
)
def test_another_number_answers_what_the_comma_means(other: str, value: float) -> None:
    draft = draft_of("a\tb", [f"{cell}\t{other}" for cell in GROUPED])
    assert draft.questions == ()
    assert draft.columns[0].values[0] == value


def test_in_a_table_separated_by_commas_a_quoted_comma_separates_thousands() -> None:
    draft = draft_of("a,b", [f'"{cell}",k' for cell in GROUPED])
    assert draft.questions == ()
    assert draft.columns[0].values[0] == 1235


CODES = ["DE", "NA", "FR", "US", "NA"] * 6


def test_na_among_codes_of_two_letters_is_a_code_until_somebody_says_otherwise() -> None:
    content = "\n".join(["country,size", *(f"{code},{row}" for row, code in enumerate(CODES))]).encode()
    draft = read_table(content)
    assert "NA" in draft.columns[0].categories
    (question,) = draft.questions
    assert question.answer(draft.format) == 0
    code, missing = answers(content, question, draft)
    assert (code.columns[0].missing, missing.columns[0].missing) == (0, 12)
    assert question.answer(missing.format) == 1


def test_na_is_missing_where_another_column_writes_it_for_missing_values() -> None:
    draft = draft_of("country,size", [f"{code},{'NA' if row % 7 == 0 else row}" for row, code in enumerate(CODES)])
    assert draft.columns[0].missing == 12
    assert draft.questions[0].answer(draft.format) == 1


def test_na_among_words_is_missing_without_a_question() -> None:
    draft = draft_of("country,size", [f"{'NA' if row % 3 else 'Germany'},{row}" for row in range(30)])
    assert draft.columns[0].missing == 20
    assert draft.questions == ()


@pytest.mark.parametrize("code", ["-200", "-999", "9999", "-99"])
def test_a_repeated_number_far_from_all_others_is_a_missing_value_until_somebody_says_otherwise(code: str) -> None:
    content = "\n".join(["a,b", *(f"{code if row % 9 == 0 else 1 + row % 10 * 0.5},{row}" for row in range(200))]).encode()
    draft = read_table(content)
    assert draft.columns[0].missing == 23
    (question,) = draft.questions
    missing, number = answers(content, question, draft)
    assert (missing.columns[0].missing, number.columns[0].missing) == (23, 0)


@pytest.mark.parametrize("values", [np.arange(-200, 0), np.arange(900, 1100), np.array([0, 99, 1, 5] * 20 + list(range(120)))])
def test_ordinary_numbers_are_no_question(values: np.ndarray) -> None:
    column: Column = draft_of("a,b", [f"{value},{row}" for row, value in enumerate(values.tolist())]).columns[0]
    assert column.missing == 0
