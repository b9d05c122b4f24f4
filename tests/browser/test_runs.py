"""The Runs page: a run from its first points to its deletion, and the same runs in a second browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import PAGES, experiment, open_experiment, press, wait_for_points, wait_for_state
from tests.browser.test_looks import OVERFLOWING, serious_faults

ROW = ".pg-run"


def act(page: Page, name: str, row: int = 0) -> None:
    page.locator(ROW).nth(row).locator(".pg-run-acts").get_by_text(name, exact=True).click()


def my_data(page: Page, name: str) -> None:
    page.get_by_role("button", name="My data").click()
    page.get_by_role("button", name=name).click()


def test_a_run_is_found_renamed_compared_reused_and_deleted(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=1, examples=200))
    press(page, "play")
    wait_for_state(page, "finished")
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=500, batch_size=8))
    press(page, "play")
    wait_for_points(page)
    page.get_by_role("link", name="Runs").first.click()
    rows = page.locator(ROW)
    expect(rows).to_have_count(2)
    expect(rows.first.locator(".pg-state")).to_contain_text("of 500")
    for row in (rows.first, rows.last):  # also while it trains
        expect(row.locator("path")).to_have_attribute("d", re.compile("^M.+L"))
    expect(rows.last.locator(".pg-run-result")).to_contain_text("%")

    act(page, "Rename", 1)
    page.keyboard.type("a first try")
    page.keyboard.press("Enter")
    expect(rows.last.locator(".pg-run-name")).to_have_text("a first try")
    settled(page)
    for box in rows.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".pg-runs tbody tr")).to_have_count(2)
    expect(page.locator(".pg-runs")).to_contain_text("a first try")

    act(page, "Delete", 0)
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    act(page, "Reuse settings")
    expect(page.locator(".st-key-play button:visible").first).to_be_enabled()
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("1")
    page.get_by_role("link", name="Runs").first.click()
    expect(rows.locator(".pg-run-name")).to_have_text("a first try")
    rows.locator(".pg-run-name").click()
    wait_for_state(page, "finished")
    expect(page.get_by_text("You are watching a run")).to_have_count(0)


def test_a_second_browser_gets_the_runs_by_a_link_and_forgets_them(visitor: Callable[..., Page], app: App) -> None:
    page, other = visitor(), visitor(**NARROW)
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=1, examples=200))
    press(page, "play")
    wait_for_state(page, "finished")
    show(page, app.url + PAGES["runs"])
    my_data(page, "Use my runs on another device")
    link = page.get_by_role("dialog").locator("code").inner_text()
    show(other, link)
    other.locator(".st-key-device_join").get_by_role("button").click()
    expect(other.locator(ROW)).to_have_count(1)
    settled(other)
    assert other.evaluate(OVERFLOWING) == [0, 0]
    assert not (faults := serious_faults(other)), faults
    my_data(other, "Leave this computer")
    other.locator(".st-key-device_leave").get_by_role("button").click()
    other.wait_for_url(f"{app.url}/")
    show(other, link)
    expect(other.get_by_text("has been used already")).to_be_visible()
    expect(other.locator(ROW)).to_have_count(0)
