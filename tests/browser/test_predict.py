"""From a file of your own to predictions for rows that the network has never seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW, WIDE, settled, show
from tests.browser.server import App
from tests.browser.steps import PAGES, train_to_the_end
from tests.predicting.runs import csv_of_houses


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_uploaded_table_is_trained_on_and_new_rows_are_predicted(
    visitor: Callable[..., Page], app: App, screen: dict[str, Any], tmp_path: Path
) -> None:
    page = visitor(**screen)
    show(page, app.url + PAGES["home"])
    page.get_by_role("button", name="Use your own data").locator("visible=true").click()
    page.locator("input[type=file]").set_input_files({"name": "houses.csv", "mimeType": "text/csv", "buffer": csv_of_houses().encode()})
    page.get_by_role("button", name="Train on this").click()
    train_to_the_end(page)
    page.locator(".st-key-onward-predict button:visible").click()

    answer = page.locator(".pg-predicted")
    expect(answer).to_contain_text("price")
    before = answer.get_attribute("data-answer")
    size = page.get_by_label("size", exact=True)
    widths = {field.bounding_box()["width"] for field in page.locator(".st-key-pg-predict-fields > *").all()}  # type: ignore[index]
    assert len(widths) == 1
    size.fill("150")
    size.press("Enter")
    expect(answer).not_to_have_attribute("data-answer", before or "")

    rows = "id,size,district\na,50,south\nb,huge,north\n"
    page.locator("input[type=file]").set_input_files({"name": "rows.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    expect(page.get_by_role("alert")).to_contain_text("1 of 2 rows cannot be predicted")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 2 rows with answers").click()
    saved = tmp_path / "answers.csv"
    download.value.save_as(saved)
    header, first, second = saved.read_text("utf-8-sig").splitlines()
    assert header == "input,price,problem,id,size,district"
    assert first.endswith(",,a,50,south")
    assert 0 < float(first.split(",")[1]) < 1_000_000
    assert second == "line 3,,“size”: “huge” is not a number,b,huge,north"
