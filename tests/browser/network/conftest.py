"""One page for the tests of a file that want the same screen, as each takes back what it did."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Watch, new_context
from tests.browser.faults import faultless
from tests.browser.network.hands import START, STRUCTURE, opened
from tests.browser.server import App

UNTOUCHED = f"""start => ({STRUCTURE})() === start
    && !document.querySelector(".pg-card[data-selected=true], .pg-network :is([role=menu], [role=dialog]):not([hidden])")"""


class Desks:
    """Pages by their screens, with everything that went wrong in them."""

    def __init__(self, browser: Browser, app: App) -> None:
        self._browser = browser
        self._app = app
        self._pages: dict[str, Page] = {}
        self.watches: list[Watch] = []

    def sit(self, **screen: Any) -> Page:
        """The page with that screen and the network as it is at first; opened anew where a test before left it otherwise."""
        name = repr(sorted(screen.items()))
        if name not in self._pages:
            self._pages[name] = new_context(self._browser, **screen).new_page()
            self.watches.append(Watch(self._pages[name]))
        page = self._pages[name]
        if not self._as_at_first(page):
            return opened(page, self._app)
        page.evaluate("() => { document.activeElement.blur(); document.querySelector('[data-testid=stMain]').scrollTo(0, 0); }")
        return page

    def _as_at_first(self, page: Page) -> bool:
        undo = page.get_by_role("button", name="Undo", exact=True)
        return bool(undo.count() and undo.is_disabled() and page.evaluate(UNTOUCHED, START))

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


@pytest.fixture(scope="module")
def desks(browser: Browser, app: App) -> Iterator[Desks]:
    made = Desks(browser, app)
    yield made
    made.close()


@pytest.fixture
def desk(desks: Desks, app: App) -> Iterator[Callable[..., Page]]:
    """Makes or finds a page: `desk(height=2000)`. In none of them may anything go wrong in a test, nor in the server meanwhile."""
    with faultless(app, desks.watches):
        yield desks.sit
