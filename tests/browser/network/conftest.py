"""One page for all tests of this folder that need the same screen: each test undoes its changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Watch, new_context, screen_name
from tests.browser.errors import no_errors
from tests.browser.network.hands import START, STRUCTURE, opened
from tests.browser.server import App
from tests.browser.shared import SHARED

UNTOUCHED = f"""start => ({STRUCTURE})() === start
    && !document.querySelector(".pg-card[data-selected=true], .pg-editor :is([role=menu], [role=dialog]):not([hidden])")"""


class ReusedPages:
    """Pages by screen, with the errors that occurred in them."""

    def __init__(self, browser: Browser, app: App) -> None:
        self._browser = browser
        self._app = app
        self._pages: dict[str, Page] = {}
        self.watches: list[Watch] = []

    def open(self, **screen: Any) -> Page:
        """The page with that screen and the initial network; reopened if an earlier test left changes."""
        name = screen_name(**screen)
        if name not in self._pages:
            self._pages[name] = new_context(self._browser, **screen).new_page()
            self.watches.append(Watch(self._pages[name]))
        page = self._pages[name]
        if not self._is_initial(page):
            return opened(page, self._app)
        page.evaluate("() => { document.activeElement.blur(); document.querySelector('[data-testid=stMain]').scrollTo(0, 0); }")
        return page

    def _is_initial(self, page: Page) -> bool:
        undo = page.get_by_role("button", name="Undo", exact=True)
        return bool(undo.count() and undo.is_disabled() and page.evaluate(UNTOUCHED, START))

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


@contextmanager
def _reused_pages(browser: Browser, app: App) -> Iterator[ReusedPages]:
    pages = ReusedPages(browser, app)
    yield pages
    pages.close()


@pytest.fixture
def reused_pages(browser: Browser, app: App) -> ReusedPages:
    pages: ReusedPages = SHARED.get("pages of the network editor", lambda: _reused_pages(browser, app))
    return pages


@pytest.fixture
def network_page(reused_pages: ReusedPages, app: App) -> Iterator[Callable[..., Page]]:
    """Opens a page, or reuses one: `network_page(height=2000)`. The test fails if an error occurs in any of them or in the server."""
    with no_errors(app, reused_pages.watches):
        yield reused_pages.open
