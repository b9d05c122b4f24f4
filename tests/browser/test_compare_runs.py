"""Two runs in one picture: named by what differs, hidden and shown, opened, removed, exported, found again after a reload."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from playground.shorthand import read
from playground.spec import ExperimentSpec
from tests.browser.chromium import NARROW, settled
from tests.browser.server import App
from tests.browser.steps import chart, experiment, open_experiment, press, train_to_the_end
from tests.browser.test_looks import in_each_theme

PLAIN = experiment("mlp_784_256_10", epochs=3, examples=300)
DROPPED = PLAIN.model_copy(update={"network": read("flatten | dense 256 | relu | dropout 0.5 | output")})
OTHER = experiment("playground_2d", epochs=3)


def trained(page: Page, app: App, *specs: ExperimentSpec) -> None:
    """Trains one after another in the same tab."""
    for spec in specs:
        open_experiment(page, app, spec)
        train_to_the_end(page)


def row(page: Page, text: str) -> Locator:
    return page.locator(".pg-runs tbody tr").filter(has_text=text)


def expect_drawn(page: Page, names: list[str]) -> None:
    """Waits until these curves of earlier runs are drawn."""
    page.wait_for_function(
        """names => JSON.stringify([...document.querySelectorAll('.pg-earlier-curves path')].map(({dataset}) => dataset.name))
            === JSON.stringify(names)""",
        arg=names,
    )


CURVES = [f"dropout 0.5: {split} {metric}" for metric in ("loss", "accuracy") for split in ("training", "test")]
WITHOUT = [f"without {curve}" for curve in CURVES]


def test_two_runs_are_compared_in_one_picture_exported_opened_and_removed(page: Page, app: App) -> None:
    trained(page, app, PLAIN, DROPPED)
    expect(row(page, "without dropout 0.5")).to_have_count(1)
    expect(row(page, "this run: dropout 0.5")).to_have_count(1)
    expect_drawn(page, WITHOUT)
    cells = row(page, "without dropout 0.5").locator("td").all_inner_texts()
    training, test, loss = cells[:3]
    assert training.endswith("%")
    assert test.endswith("%")
    assert float(loss) > 0

    key = page.get_by_role("button", name="without dropout 0.5", exact=True)
    key.press("Enter")
    expect(key).to_have_attribute("aria-pressed", "false")
    expect_drawn(page, [])
    key.press("Enter")
    expect_drawn(page, WITHOUT)
    expect_exported(page)

    page.reload()
    settled(page)
    expect_drawn(page, WITHOUT)

    before = chart(page).get_attribute("data-run")
    page.get_by_role("button", name="Open without dropout 0.5").click()
    expect(chart(page)).not_to_have_attribute("data-run", before or "")
    expect_drawn(page, CURVES)
    page.get_by_role("button", name="Remove dropout 0.5").click()
    expect(page.locator(".pg-runs")).to_be_hidden()
    expect_drawn(page, [])
    press(page, "reset")
    expect(page.locator(".pg-earlier-curves path")).to_have_count(len(CURVES))
    expect(page.locator(".pg-live-chart .pg-empty")).to_be_hidden()


def expect_exported(page: Page) -> None:
    """The curves of both runs as CSV, and the picture."""
    for link, name in (
        (page.locator(".pg-files a"), "curves dropout 0.5.csv"),
        (row(page, "without").locator("a"), "curves without dropout 0.5.csv"),
    ):
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == name
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
        assert rows[-1]["epoch"] == "3.0"
        assert 0 < float(rows[-1]["test_accuracy"]) <= 1
    with page.expect_download() as download:
        page.locator(".pg-files").get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == "curves dropout 0.5.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_run_on_other_data_is_listed_and_says_why_it_is_not_drawn(page: Page, app: App) -> None:
    trained(page, app, OTHER, PLAIN)
    expect(row(page, "other data: not drawn")).to_have_count(1)
    expect_drawn(page, [])


def test_the_table_fits_into_a_phone(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(theme="dark", **NARROW)
    trained(page, app, PLAIN, DROPPED)
    for theme in in_each_theme(page):
        expect(row(page, "without dropout 0.5")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), theme
