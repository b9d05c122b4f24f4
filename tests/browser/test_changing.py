"""Changing a run while it trains: a mark in the chart, and a link that repeats it."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from playground.export.link import from_token
from tests.browser.chromium import settled
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train, wait_for_points, wait_for_state


def test_a_learning_rate_changed_while_it_trains_is_marked_and_in_the_link(page: Page, app: App) -> None:
    spec = experiment("mlp_784_256_10", epochs=600)
    open_experiment(page, app, spec)
    train(page)
    wait_for_points(page, 20)
    page.locator(".st-key-change_run button").click()
    rate = page.get_by_test_id("stPopoverBody").get_by_role("combobox", name="Learning rate")
    rate.fill("0.03")
    rate.press("Enter")

    mark = page.locator(".pg-mark")
    expect(mark).to_have_count(1)
    label = mark.get_attribute("aria-label") or ""
    assert label.endswith(": learning rate 0.001 → 0.03")
    expect(page.locator(".pg-changes summary")).to_have_text(f"1 change while it trained. {label}")
    page.keyboard.press("Escape")
    mark.focus()
    expect(mark.locator(".pg-mark-label")).to_be_visible()

    settled(page)
    expect(page.get_by_text("other settings")).to_have_count(0)
    press(page, "stop")
    wait_for_state(page, "stopped")
    settled(page)
    press(page, "reset")
    page.wait_for_url(re.compile("spec="))
    (token,) = parse_qs(urlsplit(page.url).query)["spec"]
    (change,) = from_token(token).changes
    assert (change.path, change.value) == ("optimizer.lr", 0.03)
    assert label.startswith(f"Step {change.step:,}:")
