"""Downloading a dataset: requested, watched, still shown after a refresh, canceled, failed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.catalog.datasets import Mnist
from playground.presets import PRESETS
from playground.web import edits
from tests.browser.chromium import new_context, settled
from tests.browser.server import App, running_app
from tests.browser.steps import open_experiment, press
from tests.catalog.file_server import Files, serving

SPEC = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, "mnist").spec
HELD = 4_000_000
PATIENCE_MS = 60_000
WATCH_BUTTONS = """() => {
  window.together = [];
  const visible = (name) => [...document.querySelectorAll(`.st-key-pg-download [class*="st-key-download_${name}"] button`)]
    .filter((button) => button.checkVisibility());
  const bars = () => [...document.querySelectorAll(".st-key-pg-download [data-testid='stProgress']")].filter((each) =>
    each.checkVisibility());
  const look = () => {
    const start = visible("start");
    if (start.length && (visible("cancel").length || bars().length)) window.together.push(start[0].innerText);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Records in every frame whether the button that starts a download, or the one that cancels it, is beside the progress bar."""


@pytest.fixture
def mirror() -> Iterator[Files]:
    """Empty files as long as the real ones, sent slowly from the middle of the first."""
    with serving(Files(hold_after=HELD, crawl=600)) as files:
        files.put("mnist", {file.name: bytes(file.bytes) for file in Mnist.needs.files})
        yield files


@pytest.fixture
def app(mirror: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("PLAYGROUND_DOWNLOADS", mirror.url)
    with running_app(tmp_path / "data") as started:
        yield started


@pytest.fixture
def page(browser: Browser, app: App) -> Iterator[Page]:
    context = new_context(browser)
    yield context.new_page()
    context.close()
    assert "Traceback" not in app.log.read_text(errors="replace")


def test_a_download_is_watched_still_shown_after_a_reload_canceled_and_its_failure_reported(page: Page, app: App, mirror: Files) -> None:
    open_experiment(page, app, SPEC)
    panel = page.locator(".st-key-pg-download")
    expect(panel).to_contain_text("has not been downloaded yet", timeout=PATIENCE_MS)
    press(page, "play")
    expect(page.locator("[data-testid='stAlert']").first).to_contain_text("Download it under Data", timeout=PATIENCE_MS)
    assert mirror.asked == []

    page.evaluate(WATCH_BUTTONS)
    press(page, "download_start")
    expect(panel).to_contain_text("4.0 of 11.6 MB", timeout=PATIENCE_MS)
    assert page.evaluate("window.together") == []
    page.reload(wait_until="domcontentloaded")
    expect(panel).to_contain_text("4.0 of 11.6 MB", timeout=PATIENCE_MS)
    settled(page)

    press(page, "download_cancel")
    expect(panel).to_contain_text("4.0 MB of 11.6 MB downloaded", timeout=PATIENCE_MS)
    assert len(mirror.asked) == 1

    mirror.hold_after = None
    mirror.release.set()
    page.evaluate(WATCH_BUTTONS)
    press(page, "download_start")  # zeros are not MNIST: the checksum says so, and nothing of them is kept
    expect(panel.locator("[data-testid='stAlert']")).to_contain_text("the checksum differs", timeout=PATIENCE_MS)
    expect(panel).to_contain_text("Try again", timeout=PATIENCE_MS)
    expect(panel).not_to_contain_text("MB downloaded", timeout=PATIENCE_MS)
    assert page.evaluate("window.together") == []
