"""Tables as people keep them: where the header and the rows are, what is no row, and how cells are separated, quoted and encoded."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.own import OwnDataError, TableDraft, read_table
from playground.own.detection import detect
from playground.own.table_format import TableFormat, line_numbers, lines_of


def rows(count: int, row: Callable[[int], str]) -> str:
    return "\n".join(map(row, range(count)))


def names_of(draft: TableDraft) -> list[str]:
    return [column.name for column in draft.columns]


def notes_of(draft: TableDraft) -> str:
    return "\n".join(note.text for note in draft.notes)


NUMBERS = rows(12, lambda row: f"{row * 0.5},{20 + row * row % 7},{row * row}")
MIXED = rows(12, lambda row: f"town {row},{20 + row * row % 7},{row * 1.5}")

HEADERS = {
    "preamble": ("Report\nof a station,2024\n\ntime,temp,rain\n" + NUMBERS, ["time", "temp", "rain"], (4,), 5),
    "preamble filled up": ("Report,,\nAnn,,\ntown,temp,rain\n" + MIXED, ["town", "temp", "rain"], (3,), 4),
    "as wide as the table": ("Year,2024,\ntown,temp,rain\n" + MIXED, ["town", "temp", "rain"], (2,), 3),
    "comments": ("# station 7, north\n# 2024\ntime,temp,rain\n" + NUMBERS, ["time", "temp", "rain"], (3,), 4),
    "a comment with the names": ("# time,temp,rain\n" + NUMBERS, ["time", "temp", "rain"], (1,), 2),
    "a name that is a sign": ("#,temp,rain\n" + NUMBERS, ["#", "temp", "rain"], (1,), 2),
    "units": ("time,temp,rain\n(s),(°C),mm\n" + NUMBERS, ["time", "temp", "rain"], (1,), 3),
    "types": ("time,temp,rain\nfloat,int,int\n" + NUMBERS, ["time", "temp", "rain"], (1,), 3),
    "two lines": ("air,,ground\ntemp,rain,temp\n" + NUMBERS, ["air temp", "air rain", "ground temp"], (1, 2), 3),
    "two lines, repeated": ("air,air,ground\ntemp,rain,temp\n" + NUMBERS, ["air temp", "air rain", "ground temp"], (1, 2), 3),
    "two lines with units": ("size,size,mass\ncm,[inch],kg\n" + NUMBERS, ["size (cm)", "size (inch)", "mass (kg)"], (1, 2), 3),
    "two lines and an index": (",a,a\n,x,y\nid,,\n" + MIXED, ["column 1", "a x", "a y"], (1, 2), 4),
    "years": ("town,1990,2000\n" + MIXED, ["town", "1990", "2000"], (1,), 2),
    "years alone": ("1990,2000,2010\n" + NUMBERS, ["1990", "2000", "2010"], (1,), 2),
    "numbered pixels": ("label,0,1,2\n" + rows(12, lambda row: f"{row % 3},{row * 7 % 5},{row * 5 % 4},0"),
                        ["label", "0", "1", "2"], (1,), 2),
    "row names of R": ('"temp","rain"\n' + MIXED, ["column 1", "temp", "rain"], (1,), 2),
    "no names": (NUMBERS, ["column 1", "column 2", "column 3"], (), 1),
    "a stray cell in the first row": ("time,temp,rain\nx,20,0\n" + NUMBERS, ["time", "temp", "rain"], (1,), 2),
    "gaps in the first row": ("time,temp,rain\nNA,,0\n" + NUMBERS, ["time", "temp", "rain"], (1,), 2),
    "only words": ("color,shape\n" + rows(12, lambda row: f"{('red', 'blue')[row % 2]},{('round', 'flat')[row % 3 > 0]}"),
                   ["color", "shape"], (1,), 2),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADERS)
def test_names_and_rows_are_found(kind: str) -> None:
    text, names, header, first_row = HEADERS[kind]
    draft = read_table(text.encode())
    assert names_of(draft) == names
    assert (draft.format.header, draft.format.first_row) == (header, first_row)
    assert draft.rows == len(text.split("\n")) - first_row + 1
    lines = text.split("\n")[: first_row - 1]
    for number, line in enumerate(lines, start=1):
        if line and number not in header and not line.startswith("#"):
            assert f"line {number} “{line.split(',')[0]}" in notes_of(draft), "each line that is left out is quoted"


def test_numbers_that_name_columns_are_a_question() -> None:
    draft = read_table(HEADERS["years"][0].encode())
    (question,) = draft.questions
    assert question.answer(draft.format) == 0
    other = read_table(HEADERS["years"][0].encode(), "t.csv", question.answered(question.options[1], draft.format))
    assert (names_of(other), other.rows) == (["column 1", "column 2", "column 3"], 13)


def test_rows_that_are_all_years_name_nothing() -> None:
    draft = read_table(rows(12, lambda row: f"{1990 + row},{1991 + row},{1992 + row}").encode())
    assert not draft.header


def test_names_above_descriptions_are_a_question() -> None:
    content = ("q1,q2,q3\nHow old are you?,How tall are you?,And how many?\n" + NUMBERS).encode()
    draft = read_table(content)
    assert names_of(draft) == ["q1", "q2", "q3"]
    (question,) = draft.questions
    names = [names_of(read_table(content, "t.csv", question.answered(option, draft.format))) for option in question.options]
    assert names == [["q1", "q2", "q3"], ["How old are you?", "How tall are you?", "And how many?"],
                     ["q1 How old are you?", "q2 How tall are you?", "q3 And how many?"]]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "left_out"),
    [
        ("Total,300,99", ["Total, 300, 99"]),
        ("\nTotal,300,99\n\nSource: the office of weather", ["Total, 300, 99", "Source: the office of weather"]),
        ("* measured by hand,,", ["* measured by hand"]),
        ("\n1 - all values are rounded,,", ["1 - all values are rounded"]),
        ("Average:,25.5,8", ["Average:, 25.5, 8"]),
        ("\nSource: the office of weather, 2024,", ["Source: the office of weather, 2024"]),
        ("\nRounded,to one,digit", ["Rounded, to one, digit"]),
    ],
)
def test_what_follows_the_rows_is_left_out(end: str, left_out: list[str]) -> None:
    for last in ("\n", ""):
        draft = read_table(f"tówn,temp,rain\n{MIXED}\n{end}{last}".encode())
        assert draft.rows == 12
        assert len(draft.format.left_out) == len(left_out)
        assert all(f"“{line}”" in notes_of(draft) for line in left_out)


def test_the_end_of_a_long_table_is_found_by_its_line() -> None:
    body = rows(30_000, lambda row: f"town {row},{row % 30},{row}")
    draft = read_table(f"town,temp,rain\n{body}\nTotal,1,2\n".encode())
    assert draft.format.left_out == (30_002,)
    assert draft.rows == 30_000


@pytest.mark.parametrize(
    "row",
    ["last town,,", "Total,19,3\ntown,5,6"],
    ids=["a row with missing values", "not at the end"],
)
def test_rows_that_only_look_like_an_end_stay(row: str) -> None:
    draft = read_table(f"town,temp,rain\n{MIXED}\n{row}\n".encode())
    assert draft.rows == 12 + len(row.split("\n"))


@pytest.mark.parametrize("gap", [" ", "   ", "\t ", "\t\t"])
def test_any_amount_of_whitespace_separates_cells(gap: str) -> None:
    table = rows(12, lambda row: gap.join(("", str(row * 0.5), "NA" if row == 3 else str(row), f"k{row % 2}", "")))
    draft = read_table(table.encode())
    np.testing.assert_array_equal(draft.columns[0].values, np.arange(12) * 0.5)
    assert [column.kind for column in draft.columns] == ["number", "number", "category"]
    assert draft.columns[1].missing == 1


@pytest.mark.parametrize("rule", ["|---|:--:|", "|====|====|"])
def test_a_table_of_markdown(rule: str) -> None:
    body = rows(12, lambda row: f"| n{row % 3} | {row} |")
    draft = read_table(f"| name | size |\n{rule}\n{body}\n".encode())
    assert names_of(draft) == ["name", "size"]
    assert draft.rows == 12


@pytest.mark.parametrize(
    ("text", "what"),
    [("<!DOCTYPE html><table>", "a web page"), ('[{"a": 1}]', "JSON"), ('{"a": [1]}', "JSON"), ('<?xml version="1.0"?>', "XML")],
)
def test_a_text_of_another_kind_is_named(text: str, what: str) -> None:
    with pytest.raises(OwnDataError, match=f"the file is {what}.*save it as CSV"):
        read_table(text.encode())


def test_delimiters_at_the_end_of_rows_alone_shift_no_names() -> None:
    draft = read_table(("a,b,c\n" + rows(12, lambda row: f"{row},{row * 2},{row * 3},")).encode())
    assert names_of(draft) == ["a", "b", "c"]
    np.testing.assert_array_equal([column.values[1] for column in draft.columns], [1, 2, 3])


def test_unnamed_columns_that_begin_late_are_kept() -> None:
    draft = read_table(("a,b,,\n" + rows(300, lambda row: f"{row},{row},,") + "\n1,2,,5\n").encode())
    assert draft.rows == 301
    assert draft.columns[3].values[-1] == 5


def test_short_rows_are_completed_where_the_header_is_longer_than_most() -> None:
    draft = read_table(("a,b,c,d\n" + rows(12, lambda row: f"{row},{row},{row}" + (",9" if row > 9 else ""))).encode())
    assert draft.rows == 12
    assert draft.columns[3].missing == 10
    assert "Completed 10 rows with fewer than 4 cells" in notes_of(draft)


def test_one_column_of_numbers_is_a_table() -> None:
    draft = read_table(("sales\n" + rows(30, str)).encode())
    assert (names_of(draft), draft.rows) == (["sales"], 30)


def test_a_backslash_escapes_quotes_and_delimiters() -> None:
    quoted = read_table(("name,said,age\n" + rows(12, lambda row: f'n,"he said \\"hi, {row}\\" twice",{row}')).encode())
    assert quoted.columns[1].categories[3] == 'he said "hi, 3" twice'
    bare = read_table(("name,age\n" + rows(12, lambda row: f"Smith\\, John {row},{row}")).encode())
    assert bare.columns[0].categories[0] == "Smith, John 0"
    windows = read_table(("path,size\n" + rows(12, lambda row: f'"C:\\data\\{row}",{row}')).encode())
    assert windows.columns[0].categories[0] == "C:\\data\\0"


def test_single_quotes_may_stand_around_cells() -> None:
    draft = read_table(("'name','size'\n" + rows(12, lambda row: f"'n, {row}',{row}")).encode())
    assert names_of(draft) == ["name", "size"]
    assert draft.columns[0].categories[2] == "n, 2"


def test_a_quote_that_is_never_closed_is_an_ordinary_character_or_an_error_with_its_line() -> None:
    lines = rows(12, lambda row: f"n{row}\t{row}\t{row}")
    draft = read_table(f'name\tsize\tcount\n{lines}\n"broken\t5\t6\n{lines}\n'.encode())
    assert draft.rows == 25
    assert '"broken' in draft.columns[0].categories
    assert "one is never closed (line 14)" in notes_of(draft)
    with pytest.raises(OwnDataError, match="line 3: a quotation mark is opened here and never closed"):
        read_table(b'a,b\n1,2\n3,"x\n' + b"4,5\n6\n7,8,9\n" * 5)


def test_an_encoding_that_changes_is_read_line_by_line() -> None:
    first, second = (rows(20, lambda row: f"café {row},{row}").encode(encoding) for encoding in ("utf-8", "cp1252"))
    draft = read_table(b"name,size\n" + first + b"\n" + second)
    assert draft.columns[0].categories == tuple(f"café {row}" for row in range(20))
    assert "from line 22 on some letters are written in Windows-1252" in notes_of(draft)


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "gb18030"])
def test_an_encoding_can_be_chosen(encoding: str) -> None:
    word = {"cp1251": "Москва", "shift_jis": "東京", "gb18030": "北京"}[encoding]
    content = f"name,size\n{rows(12, lambda row: f'{word}{row % 3},{row}')}".encode(encoding)
    assert read_table(content, encoding=encoding).columns[0].categories[0] == f"{word}0"


def test_a_wrong_encoding_is_an_error_at_its_line() -> None:
    content = f"name,size\n{rows(12, lambda row: f'ä{row},{row}')}".encode("cp1252")
    with pytest.raises(OwnDataError, match="not in the chosen encoding"):
        read_table(content, encoding="utf-8")


def test_chosen_fields_stay_and_the_others_follow() -> None:
    content = ("a;b|c\n" + rows(12, lambda row: f"{row};{row}|{row}")).encode()
    assert names_of(read_table(content, delimiter="|")) == ["a;b", "c"]
    assert names_of(read_table(content, delimiter=";")) == ["a", "b|c"]
    assert detect(content, header=(), first_row=4).format.first_row == 4
    assert read_table(content, left_out=(3, 5)).rows == 10
    with pytest.raises(TypeError, match="separator"):
        detect(content, separator=";")


ANY_TABLE = st.builds(
    lambda top, cells, delimiter: "\n".join([*top, *(delimiter.join(row) for row in cells)]).encode(),
    st.lists(st.sampled_from(["", "# note", "Report", "a,b", "x;y;z", "1990,2000", "Total,5"]), max_size=3),
    st.lists(
        st.lists(
            st.sampled_from(["1", "2,5", "1,234", "$5", "3 kg", "NA", "", "x", "**", "007", "(3)", "-200", "DE"]), min_size=2, max_size=3
        ),
        min_size=1, max_size=20,
    ),
    st.sampled_from([",", ";", "\t", " "]),
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(ANY_TABLE)
def test_the_format_says_everything(content: bytes) -> None:
    """Reading by the format that was found gives the same table."""
    try:
        draft = read_table(content)
    except OwnDataError:
        return
    again = read_table(content, "table.csv", draft.format)
    assert again.format == draft.format
    assert names_of(again) == names_of(draft)
    for one, other in zip(draft.columns, again.columns, strict=True):
        assert (one.kind, one.categories, one.missing_as) == (other.kind, other.categories, other.missing_as)
        np.testing.assert_array_equal(one.values, other.values)


def test_line_numbers_are_written_and_read() -> None:
    assert line_numbers((1, 2, 3, 7)) == "1–3, 7"
    assert lines_of("1–3, 7") == lines_of("7; 1 - 3") == (1, 2, 3, 7)
    assert lines_of("") == ()
    for wrong in ("x", "0", "1--2", "1-100000000"):
        with pytest.raises(OwnDataError):
            lines_of(wrong)
    assert TableFormat().column(3) == TableFormat().column(0)
