"""The choice of what the first row of an uploaded table is, for tables, text and time series."""

import pytest

from tests.own.examples import csv_of_flowers, csv_of_months, csv_of_reviews
from tests.pages.reading import messages
from tests.pages.test_data import Visit, labeled, seen, table, with_upload

NAMES = "Lines with the column names"


@pytest.mark.parametrize(
    ("way", "file", "content"),
    [
        ("table", "own.table.file", csv_of_flowers()),
        ("text", "own.text.files", csv_of_reviews()),
        ("series", "own.table.file", csv_of_months()),
    ],
    ids=["table", "text", "series"],
)
def test_the_first_row_of_a_table_is_data_or_names_as_chosen(visit: Visit, way: str, file: str, content: bytes) -> None:
    named = ("table.csv", content.partition(b"\n")[2])
    rows = content.count(b"\n") - 1
    app = with_upload(visit, way, **{file: (named,) if way == "text" else named})
    labeled(app.text_input, NAMES).set_value("").run()
    assert not app.exception
    assert f"{rows} rows" in seen(app)
    labeled(app.text_input, NAMES).set_value("1").run()
    assert not app.exception
    assert f"{rows - 1} rows" in seen(app)


def test_a_wrong_correction_can_be_undone(visit: Visit) -> None:
    app = with_upload(visit, "series", **{"own.table.file": ("sales.csv", csv_of_months())})
    labeled(app.selectbox, "Cells are separated by").set_value(";").run()
    assert "The table has one column" in messages(app)
    labeled(app.button, "Reset to what was detected").click().run()
    assert "120 steps of 1 month" in seen(app)


def test_the_first_row_is_the_same_when_a_table_is_used_as_text(visit: Visit) -> None:
    app = table(visit, csv_of_reviews(), "reviews.csv")
    labeled(app.text_input, NAMES).set_value("").run()
    app.button(key="own_use_as_text").click().run()
    assert "121 texts of up to" in seen(app)
