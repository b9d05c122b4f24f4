"""Tables as other tools write them, and malformed ones: read, noted, or rejected with a message."""

import re

import numpy as np
import pytest

from playground.own import OwnDataError, TableDraft, guess, read_table
from playground.own.names import distinct, shown


def notes_of(draft: TableDraft) -> str:
    return "\n".join(note.text for note in draft.notes)


PANDAS = b",age,city,bought\n0,31.0,Oslo,True\n1,,Rome,False\n2,45.5,Oslo,True\n"
LIBREOFFICE = 'Größe;"Preis in €";Art\n"1,5";1.234,50;"rot; hell"\n2,25;99,00;blau\n'.encode()
EXCEL_UTF16 = "name\tvalue\tgroup\r\nMüller\t1\ta\r\nSmith\t2\tb\r\n".encode("utf-16")


def test_pandas() -> None:
    draft = read_table(PANDAS, "people.csv")
    assert [column.name for column in draft.columns] == ["column 1", "age", "city", "bought"]
    assert [column.kind for column in draft.columns] == ["number", "number", "category", "category"]
    assert draft.rows == 3
    assert draft.name == "people"
    np.testing.assert_array_equal(draft.columns[1].values, [31, np.nan, 45.5])
    assert draft.columns[1].missing_as == {"": 1}
    assert "“age”: 1 missing value (1 empty)" in notes_of(draft)
    assert draft.first_rows(2) == [["0", "31", "Oslo", "True"], ["1", "", "Rome", "False"]]


def test_libreoffice_with_semicolons_and_decimal_commas() -> None:
    draft = read_table(LIBREOFFICE)
    assert [column.name for column in draft.columns] == ["Größe", "Preis in €", "Art"]
    np.testing.assert_array_equal(draft.columns[0].values, [1.5, 2.25])
    np.testing.assert_array_equal(draft.columns[1].values, [1234.5, 99])
    assert draft.columns[2].categories == ("rot; hell", "blau")
    assert "semicolons, with decimal commas" in notes_of(draft)
    assert "“Preis in €”: points were read as thousands separators" in notes_of(draft)


def test_decimal_commas_do_not_part_cells_where_there_is_no_header() -> None:
    draft = read_table(b"1,5;2,5\n3,5;4,5\n")
    np.testing.assert_array_equal([column.values for column in draft.columns], [[1.5, 3.5], [2.5, 4.5]])


def test_points_stay_decimal_in_a_column_that_has_them() -> None:
    draft = read_table(b"a;b\n1,5;0.125\n2,5;0.250\n")
    np.testing.assert_array_equal([column.values for column in draft.columns], [[1.5, 2.5], [0.125, 0.25]])


def test_thousands_separators_and_percent_signs_are_noted_and_read() -> None:
    draft = read_table(b'income,share,code\n"1,234.50",45%,"1,23"\n987,7.5 %,"4,56"\n,-3%,x\n')
    np.testing.assert_array_equal(draft.columns[0].values, [1234.5, 987, np.nan])
    np.testing.assert_array_equal(draft.columns[1].values, [45, 7.5, -3])
    assert draft.columns[2].categories == ("1,23", "4,56", "x")
    assert "“income”: commas were read as thousands separators" in notes_of(draft)
    assert "“share”: percent signs were removed" in notes_of(draft)
    percents = read_table(b"a;b\n1,5 %;x\n2,5 %;y\n")
    np.testing.assert_array_equal(percents.columns[0].values, [1.5, 2.5])
    assert "percent signs were removed" in notes_of(percents)


def test_commas_that_part_no_thousands_stay_text() -> None:
    draft = read_table(b'version,value\n"1,2",1\n"12,34,5",2\n')
    assert draft.columns[0].kind == "category"


def test_excel_utf16_with_tabs() -> None:
    draft = read_table(EXCEL_UTF16)
    assert [column.name for column in draft.columns] == ["name", "value", "group"]
    assert draft.columns[0].categories == ("Müller", "Smith")
    assert "UTF-16, cells separated by tabs" in notes_of(draft)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "not UTF-8, so it was read as Windows-1252"),
    ],
)  # fmt: skip
def test_encodings(encoding: str, words: str) -> None:
    draft = read_table("café,naïve,class\n1,2,ä\n3,4,ö\n".encode(encoding))
    assert [column.name for column in draft.columns] == ["café", "naïve", "class"]
    assert draft.columns[2].categories == ("ä", "ö")
    assert words in notes_of(draft)


def test_bytes_that_windows_has_not_are_latin_1() -> None:
    assert "read as Latin-1" in notes_of(read_table(b"a,b\n1,caf\x81\n2,\xe9\n"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    draft = read_table(end.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "2.5", "x"], ["2", "3.5", "y"])).encode())
    assert [column.name for column in draft.columns] == ["a", "b", "c"]
    assert [column.kind for column in draft.columns] == ["number", "number", "category"]
    assert draft.rows == 2


def test_quotes_with_delimiters_lines_and_quotes_inside() -> None:
    draft = read_table(b'a,b\n"x, ""y""\nz",1\nw,2\n')
    assert draft.columns[0].categories == ('x, "y"\nz', "w")


def test_no_header() -> None:
    draft = read_table(b"5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.8,virginica\n")
    assert not draft.header
    assert [column.name for column in draft.columns] == ["column 1", "column 2", "column 3"]
    assert draft.rows == 3
    assert "No header found" in notes_of(draft)


def test_header_by_choice() -> None:
    content = b"2019,2020,2021\n1,2,3\n4,5,6\n"
    assert [column.name for column in read_table(content).columns] == ["2019", "2020", "2021"]
    assert [column.name for column in read_table(content, header=()).columns] == ["column 1", "column 2", "column 3"]
    assert read_table(b"a,b\n1,2\n", header=()).rows == 2


def test_a_header_of_r_has_one_name_less() -> None:
    draft = read_table(b'"mpg","cyl"\n"Mazda",21,6\n"Datsun",22.8,4\n')
    assert [column.name for column in draft.columns] == ["column 1", "mpg", "cyl"]


def test_a_header_twice_is_left_out_with_its_line() -> None:
    draft = read_table(b"a,b\n1,x\na,b\n2,y\na,b\n")
    assert draft.rows == 2
    assert draft.columns[0].kind == "number"
    assert "Skipped repeated headers: lines 3, 5" in notes_of(draft)


def test_names_twice_are_numbered() -> None:
    draft = read_table(b"a,a,a\n1,2,3\n4,5,6\n")
    assert [column.name for column in draft.columns] == ["a", "a (2)", "a (3)"]
    assert "Duplicate column names were numbered: a (2), a (3)" in notes_of(draft)


def test_ragged_rows_are_left_out_with_their_lines() -> None:
    draft = read_table(b"a,b,c\n1,2,3\n1,2\n4,5,6\n\n7,8,9,10\n7,8,9,\n")
    assert draft.rows == 3
    assert "Skipped 2 rows with 2, 4 cells instead of 3: lines 3, 6." in notes_of(draft)
    assert "Skipped 1 empty line" in notes_of(draft)


def test_missing_values_are_counted_by_how_they_are_written() -> None:
    draft = read_table(b"a,b\n1,x\nNA,y\n?,-\nnull,z\nNaN,\n ,x\n2,y\n")
    assert draft.columns[0].kind == "number"
    assert draft.columns[0].missing == 5
    assert dict(draft.columns[0].missing_as) == {"NA": 1, "?": 1, "null": 1, "NaN": 1, "": 1}
    assert dict(draft.columns[1].missing_as) == {"-": 1, "": 1}


def test_text_far_below_numbers_makes_a_column_of_text() -> None:
    """The column is read again, so that the texts are those of the file."""
    cells = [f"{row:03}" for row in range(60_000)]
    content = "a,b\n" + "\n".join(f"{cell},1" for cell in cells) + "\nabc,2\n"
    column = read_table(content.encode()).columns[0]
    assert column.categories == (*cells, "abc")
    assert column.identifier


@pytest.mark.parametrize("cell", ["1_000", "٣", "0x10", "1e", "1 2", "--1", "12:30"])
def test_what_only_python_takes_for_a_number_is_text(cell: str) -> None:
    assert read_table(f"a,b\n1,2\n{cell},3\n".encode()).columns[0].kind == "category"


def test_infinities_and_giants_count_as_missing() -> None:
    column = read_table(b"a,b\n1,2\ninf,2\n1e999,2\n1e300,2\n").columns[0]
    assert column.missing == 3
    assert column.too_large == 2


def test_kinds_of_columns() -> None:
    rows = [f"{row},{row % 3},u{row},2024-01-{row % 28 + 1:02},31/12/{2000 + row},,7,=A{row}" for row in range(30)]
    draft = read_table(("nr,few,user,day,other day,void,same,sum\n" + "\n".join(rows)).encode())
    kinds = {column.name: column.kind for column in draft.columns}
    assert kinds == {
        "nr": "number", "few": "number", "user": "category", "day": "date", "other day": "date", "void": "empty", "same": "number",
        "sum": "category",
    }  # fmt: skip
    assert {column.name for column in draft.columns if column.identifier} == {"nr", "user", "sum"}
    assert [column.name for column in draft.columns if column.constant] == ["same"]
    assert "“void” is empty" in notes_of(draft)
    assert "“same” has the same value in every row" in notes_of(draft)
    assert "“sum”: 30 cells look like formulas and were kept as text" in notes_of(draft)
    assert guess(draft).target == 1
    assert guess(draft).task == "classes"
    assert guess(draft).dropped == {2, 3, 4, 5, 6, 7}, "an index is kept if nothing else is left to learn from"


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_excel_says_how_cells_are_separated(line: str, encoding: str) -> None:
    draft = read_table(f"{line}\r\nlength;width;kind\r\n1,5;2;x\r\n2,5;3;y\r\n".encode(encoding))
    assert [column.name for column in draft.columns] == ["length", "width", "kind"]
    np.testing.assert_array_equal(draft.columns[0].values, [1.5, 2.5])
    assert draft.rows == 2


def test_a_table_of_no_more_than_how_it_is_separated() -> None:
    with pytest.raises(OwnDataError, match=r"contains no data|one column|a header but no rows"):
        read_table(b"sep=;\n")


def test_errors_of_a_spreadsheet_are_missing_values() -> None:
    errors = ["#DIV/0!", "#N/A", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"]
    column = read_table(("a,b\n1,x\n" + "".join(f"{error},y\n" for error in errors)).encode()).columns[0]
    assert column.kind == "number"
    assert column.missing_as == dict.fromkeys(errors, 1)


def test_formulas_are_text() -> None:
    draft = read_table(b"a,b\n\"=cmd|' /C calc'!A0\",1\n@SUM(A1),2\n+cmd,3\n-5,4\n")
    assert draft.columns[0].formulas == 3
    assert draft.columns[0].categories[0] == "=cmd|' /C calc'!A0"


def test_histograms_count_every_value() -> None:
    draft = read_table(b"a,b\n0,x\n10,y\n10,x\n5,x\n,\n")
    numbers, words = (column.histogram(2) for column in draft.columns)
    assert numbers.counts == (1, 3)
    assert numbers.edges == (0, 5, 10)
    assert dict(zip(words.labels, words.counts, strict=True)) == {"x": 3, "y": 1}


HOSTILE = ["<script>alert(1)</script>", "\u202egnp.exe", "🦄" * 3, "x" * 10_000, "[a](javascript:b)", "שלום", "a\x07b", "\ud83d"[:0] or "é"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_short_and_flat(name: str) -> None:
    column = read_table(f'"{name}",b\n1,2\n3,4\n'.encode()).columns[0]
    assert 0 < len(column.name) <= 40
    assert column.name.isprintable()
    assert "\u202e" not in column.name


def test_names_that_look_alike_once_shortened_differ() -> None:
    names = distinct(["y" * 100 + end for end in "abc"])
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 40
    assert shown("e\u0301") == "é"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"table\.csv: the file is empty"),
        (b" \n\n  \n", r"the file is empty"),
        (b",,\n,,\n", "contains no data"),
        (b"a\nx\ny\n", "the table has one column, but needs at least two"),
        (b"a,b\n", "has a header but no rows"),
        (b"PK\x03\x04abc", r"Excel workbook \(.xlsx\), not a text table; save it as CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
        (b"a,b\n1,\x00\x02\n" + b"3,4\n" * 50, r"is not text \(it contains NUL bytes\)"),
        (b"\xff\xfea\x00,\x00b", r"is marked as UTF-16, but is incomplete|one column|a header but no rows"),
        (b'a,b\n1,"' + b"x" * 200_000, r"line [\d,]+: cannot be read .* 131,072 characters"),
        (b",".join([b"x"] * 1_000_000) + b"\n", r"line 1: 1,000,000 columns; the limit is 1,000 \(PLAYGROUND_UPLOAD_COLUMNS\)"),
        (b"a,b\n" + b"1,2\n3\n4\n" * 300, r"600 of 900 rows have another number of cells|one column"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(OwnDataError) as caught:
        read_table(content)
    assert re.search(words, str(caught.value), re.DOTALL), str(caught.value)


@pytest.mark.parametrize(
    ("variable", "words"),
    [("BYTES", "32 bytes; the limit is 5 "), ("ROWS", "line 7: more than 5 rows"), ("CELLS", "line 4: more than 5 cells")],
)
def test_limits_are_the_servers(monkeypatch: pytest.MonkeyPatch, variable: str, words: str) -> None:
    monkeypatch.setenv(f"PLAYGROUND_UPLOAD_{variable}", "5")
    with pytest.raises(OwnDataError, match=rf"{words}.*PLAYGROUND_UPLOAD_{variable}"):
        read_table(b"a,b\n" + b"1,2\n" * 7)
