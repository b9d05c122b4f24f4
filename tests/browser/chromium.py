"""A headless Chromium, and a page that remembers everything that went wrong in it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

# Of several lists of features Chromium reads only the last: these are Playwright's own, and two parts of the address bar that a page
# without a screen loads too, which costs more than the page.
UNUSED_FEATURES = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "PreconnectToSearch",
    "AimEnabled",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED_FEATURES)}",
]
# On a page's path Streamlit's own script looks for the server beside the page before it looks at the root.
STREAMLIT_PROBES = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
CALM_MS = 250


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one that Playwright brought."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_context(
    browser: Browser, *, width: int = WIDE["width"], height: int = WIDE["height"], theme: Literal["light", "dark"] = "light", **more: Any
) -> BrowserContext:
    """A fresh visitor with a screen of that size, in px."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, locale="en-GB", **more)
    context.set_default_timeout(20_000)
    return context


class Watch:
    """What went wrong in a page: errors in the console, exceptions, requests that failed or were refused."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        place = message.location.get("url", "")
        if message.type == "error" and not STREAMLIT_PROBES.search(place):
            self.problems.append(f"console: {message.text} ({place})")

    def _failed(self, request: Request) -> None:
        # A page that is left drops what it was still loading.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"request: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not STREAMLIT_PROBES.search(response.url):
            self.problems.append(f"response: {response.url}: {response.status}")


def settled(page: Page) -> None:
    """Waits until Streamlit has run its script, no skeleton stands in for a part, and nothing has changed since."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(CALM_MS)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")


def show(page: Page, address: str) -> None:
    """Opens an address of the app and waits until the page stands. Raises: AssertionError if the app shows an error there."""
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector("[data-testid='stMain'] h1, [data-testid='stMain'] [data-testid='stVerticalBlock']")
    settled(page)
    assert not (error := page.locator("[data-testid='stException']")).count(), error.first.inner_text()
