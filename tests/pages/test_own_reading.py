"""How an uploaded table was read: questions, corrections with their preview, and what cannot be understood."""

import pytest

from tests.own.examples import csv_of_flowers
from tests.pages.reading import messages
from tests.pages.test_data import Visit, labeled, seen, table

MESSY = "\n".join(
    ["Station,,,", "time,country,zip,people", *(f"{row},{('DE', 'NA', 'FR', 'US')[row % 4]},{row * 797:05d},{row}" for row in range(30))]
)
TSV = "city\tpeople\n" + "\n".join(f"C{row % 7}\t{row + 1},234" for row in range(30))


def test_an_answer_changes_the_table_and_can_be_changed(visit: Visit) -> None:
    app = table(visit, TSV.encode(), "cities.tsv")
    question = "What does the comma mean in “people”, for example in 1,234?"
    assert "<td>1234</td>" in seen(app)
    labeled(app.radio, question).set_value(1).run()
    assert "<td>1.234</td>" in seen(app)
    labeled(app.radio, question).set_value(0).run()
    assert not app.exception
    assert "<td>1234</td>" in seen(app)


def test_what_was_found_is_shown_and_can_be_corrected(visit: Visit) -> None:
    app = table(visit, MESSY.encode())
    assert labeled(app.text_input, "Lines with the column names").value == "2"
    assert labeled(app.number_input, "Line of the first row").value == 3
    assert '<tr class="pg-line-names"><th scope="row">2</th>' in seen(app)
    labeled(app.number_input, "Line of the first row").set_value(5).run()
    assert "28 rows" in seen(app)
    labeled(app.text_input, "Lines left out").set_value("7, 9-10").run()
    assert "25 rows" in seen(app)
    labeled(app.selectbox, "zip").set_value("number").run()
    assert "contains codes" not in seen(app)
    labeled(app.multiselect, "Missing values, besides empty cells").set_value(["DE"]).run()
    assert "“country”: 6 missing values (6 × &#x27;DE&#x27;)" in seen(app)
    labeled(app.button, "Reset to what was detected").click().run()
    assert not app.exception
    assert "30 rows" in seen(app)
    assert "contains codes" in seen(app)


def test_a_missing_value_can_be_a_category_of_its_own(visit: Visit) -> None:
    rows = "\n".join(f"{('red', '', 'blue')[row % 3]},{row % 5},{row % 2}" for row in range(30))
    app = table(visit, f"color,size,y\n{rows}".encode())
    labeled(app.checkbox, "Missing is a category").set_value(True).run()
    assert "read as the category “missing”" in seen(app)
    assert "30 of 30 rows" in seen(app)


@pytest.mark.parametrize("lines", ["x", "0", "3-1000000"])
def test_lines_that_cannot_be_understood_are_said_and_change_nothing(visit: Visit, lines: str) -> None:
    app = table(visit, csv_of_flowers())
    labeled(app.text_input, "Lines left out").set_value(lines).run()
    assert not app.exception
    assert "line" in messages(app)
    assert "60 rows" in seen(app)


def test_a_correction_that_leaves_no_table_is_said_and_can_be_taken_back(visit: Visit) -> None:
    app = table(visit, csv_of_flowers())
    labeled(app.selectbox, "Encoding").set_value("utf-16").run()
    assert not app.exception
    assert "not in the chosen encoding" in messages(app) or "one column" in messages(app)
    labeled(app.selectbox, "Encoding").set_value("utf-8").run()
    assert "60 rows" in seen(app)


def test_the_type_of_any_of_many_columns_can_be_corrected(visit: Visit) -> None:
    rows = "\n".join(",".join(str(row * column % 7) for column in range(1, 61)) for row in range(30))
    app = table(visit, f"{','.join(f'c{column}' for column in range(1, 61))}\n{rows}".encode())
    assert not any(box.label == "c55" for box in app.selectbox)
    labeled(app.text_input, "Find one of 60 columns").set_value("C5").run()
    assert sorted(box.label for box in app.selectbox if box.label.startswith("c5")) == ["c5", *(f"c{column}" for column in range(50, 60))]
    labeled(app.selectbox, "c55").set_value("category").run()
    assert not app.exception
    assert labeled(app.selectbox, "c55").value == "category"
    labeled(app.text_input, "Find one of 60 columns").set_value("nothing").run()
    assert "No column has this in its name." in [caption.value for caption in app.caption]
