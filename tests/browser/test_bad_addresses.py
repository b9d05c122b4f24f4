"""Truncated, invented or outdated links: explained in plain words, and nothing is lost."""

import re
import zlib
from base64 import urlsafe_b64encode

import pytest
from playwright.sync_api import Page, expect

from playground.export.link import to_token
from tests.browser.chromium import show
from tests.browser.server import App
from tests.browser.steps import experiment

BOMB = urlsafe_b64encode(zlib.compress(b" " * 8_000_000)).decode()


@pytest.mark.parametrize("token", ["x", to_token(experiment("lenet5"))[:-20], BOMB], ids=["made up", "cut short", "a bomb"])
def test_a_broken_link_is_told_and_leaves_a_playground_that_works(page: Page, app: App, token: str) -> None:
    show(page, f"{app.url}/playground?spec={token}")
    expect(page.locator("[data-testid='stAlert']").first).to_contain_text(re.compile("link", re.IGNORECASE))
    expect(page.locator("[data-testid='stException']")).to_have_count(0)
    expect(page.locator(".st-key-play button:visible").first).to_be_enabled()


def test_a_run_that_is_not_there_is_told(page: Page, app: App) -> None:
    show(page, f"{app.url}/playground?run=w{'x' * 22}")
    expect(page.locator("[data-testid='stAlert']").first).to_contain_text(re.compile("run", re.IGNORECASE))
    expect(page.locator("[data-testid='stException']")).to_have_count(0)
    expect(page.locator(".st-key-play button:visible").first).to_be_enabled()
