"""A headless Chromium, and a record of the errors in a page."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

# Chromium reads only the last list of disabled features: these are Playwright's own, and two parts of the address bar that headless
# pages load as well, at a higher cost than the page itself.
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
    "LocalNetworkAccessChecks",  # a page that a test answers itself comes from nowhere, and could not reach this machine
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
    # Garbage is collected less often: pages live for seconds.
    "--js-flags=--min-semi-space-size=64 --max-semi-space-size=128",
]
# Streamlit's own script looks for the server beside the page's path before it looks at the root.
STREAMLIT_PROBES = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
QUIET_MS = 250


def installed_chromium() -> str | None:
    """Debian's, if there is one; None for Playwright's. The headless shell does not load what only a window needs."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_context(
    browser: Browser, *, width: int = WIDE["width"], height: int = WIDE["height"], theme: Literal["light", "dark"] = "light", **more: Any
) -> BrowserContext:
    """A new visitor with a screen of that size, in px."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, locale="en-GB", **more)
    context.set_default_timeout(20_000)
    return context


def screen_name(**screen: Any) -> str:
    """The same for equal screens, whether defaults of `new_context` are given or not."""
    return repr(sorted({**WIDE, "theme": "light", "has_touch": False, **screen}.items()))


class Watch:
    """Errors in a page: in the console, exceptions, requests that failed or were rejected."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._responded)

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not STREAMLIT_PROBES.search(url):
            self.problems.append(f"console: {message.text} ({url})")

    def _failed(self, request: Request) -> None:
        # Leaving a page aborts what it is still loading.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"request: {request.url}: {request.failure}")

    def _responded(self, response: Response) -> None:
        if response.status >= 400 and not STREAMLIT_PROBES.search(response.url):
            self.problems.append(f"response: {response.url}: {response.status}")


def settled(page: Page) -> None:
    """Waits until Streamlit's script is not running, no skeletons are shown, and neither changes for a moment."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(QUIET_MS)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")


def show(page: Page, address: str) -> None:
    """Opens an address of the app and waits until the page is complete. Raises: AssertionError if the app shows an error there."""
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector("[data-testid='stMain'] h1, [data-testid='stMain'] [data-testid='stVerticalBlock']")
    settled(page)
    assert not (error := page.locator("[data-testid='stException']")).count(), error.first.inner_text()
