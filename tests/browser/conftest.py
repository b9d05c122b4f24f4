"""One server and one Chromium for all tests of this folder, closed before those of another folder, which may inspect processes and event
loops. Each test gets a new visitor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import WIDE, Watch, chromium, new_context, screen_name
from tests.browser.errors import no_errors
from tests.browser.server import App, running_app
from tests.browser.shared import SHARED

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    try:
        yield
    finally:  # also after a test that failed because of an error in the server
        if nextitem is None or HERE not in nextitem.path.parents:
            SHARED.end()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    running: App = SHARED.get("app", lambda: running_app(tmp_path_factory.mktemp("playground")))
    yield running
    # Runs that are still training would slow down the next file.
    for fork_server in psutil.Process(running.process_id).children():
        for worker in fork_server.children():
            worker.kill()


@pytest.fixture(scope="module")
def browser() -> Browser:
    chrome: Browser = SHARED.get("browser", chromium)
    return chrome


class Visitors:
    """Visitors by screen, reused between tests. One that is given back keeps its tab and the app's files, which take longest to load, and
    forgets everything else."""

    def __init__(self, browser: Browser, app: App) -> None:
        self._browser = browser
        self._app = app
        self._free: dict[str, list[Page]] = {}
        self.watches: list[Watch] = []

    def take(self, screen: dict[str, Any]) -> Page:
        free = self._free.setdefault(screen_name(**screen), [])
        if free:
            return free.pop()
        context = new_context(self._browser, **screen)
        context.on("page", lambda page: self.watches.append(Watch(page)))
        return context.new_page()

    def give_back(self, screen: dict[str, Any], page: Page) -> None:
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        page.goto(f"{self._app.url}/_stcore/health")
        page.context.clear_cookies()  # every page sets one
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.mouse.move(0, 0)
        page.set_viewport_size({side: screen.get(side, WIDE[side]) for side in WIDE})  # type: ignore[arg-type]
        page.emulate_media(color_scheme=screen.get("theme", "light"))
        self._free[screen_name(**screen)].append(page)

    def close(self) -> None:
        for pages in self._free.values():
            for page in pages:
                page.context.close()


@contextmanager
def _visitors(browser: Browser, app: App) -> Iterator[Visitors]:
    visitors = Visitors(browser, app)
    yield visitors
    visitors.close()


@pytest.fixture
def visitor(browser: Browser, app: App) -> Iterator[Callable[..., Page]]:
    """Opens pages as new visitors: `visitor(theme="dark", width=390)`. Errors in any of them or in the server fail the test."""
    visitors: Visitors = SHARED.get(f"visitors of {app.url}", lambda: _visitors(browser, app))
    visits: list[tuple[dict[str, Any], Page]] = []

    def visit(**screen: Any) -> Page:
        visits.append((screen, visitors.take(screen)))
        return visits[-1][1]

    with no_errors(app, visitors.watches):
        yield visit
        for screen, page in visits:
            visitors.give_back(screen, page)


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    return visitor()
