"""One server and one Chromium for all tests of this folder, closed before those of another folder, which may inspect processes and event
loops. Each test gets a new visitor."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import Watch, chromium, new_context
from tests.browser.errors import no_errors
from tests.browser.server import App, running_app

HERE = Path(__file__).parent


class Shared:
    """Resources created once, at first use, for all tests of this folder."""

    def __init__(self) -> None:
        self._resources: dict[str, Any] = {}
        self._end = ExitStack()

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._resources:
            self._resources[name] = self._end.enter_context(make())
        return self._resources[name]

    def end(self) -> None:
        self._resources.clear()
        self._end.close()


SHARED = Shared()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    yield
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
    """Browser contexts by screen, reused between tests. A context that is given back forgets everything except the app's files, which
    take longest to load."""

    def __init__(self, browser: Browser, app: App) -> None:
        self._browser = browser
        self._app = app
        self._free: dict[str, list[BrowserContext]] = {}

    def take(self, screen: dict[str, Any]) -> BrowserContext:
        free = self._free.setdefault(repr(sorted(screen.items())), [])
        return free.pop() if free else new_context(self._browser, **screen)

    def give_back(self, screen: dict[str, Any], context: BrowserContext) -> None:
        for page in context.pages:
            page.close()
        context.clear_cookies()
        page = context.new_page()
        page.goto(f"{self._app.url}/_stcore/health")
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.close()
        self._free[repr(sorted(screen.items()))].append(context)

    def close(self) -> None:
        for contexts in self._free.values():
            for context in contexts:
                context.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, app: App) -> Iterator[Visitors]:
    contexts = Visitors(browser, app)
    yield contexts
    contexts.close()


@pytest.fixture
def visitor(visitors: Visitors, app: App) -> Iterator[Callable[..., Page]]:
    """Opens pages as new visitors: `visitor(theme="dark", width=390)`. Errors in any of them or in the server fail the test."""
    visits: list[tuple[dict[str, Any], BrowserContext]] = []
    watches: list[Watch] = []

    def watch(page: Page) -> None:
        watches.append(Watch(page))

    def visit(**screen: Any) -> Page:
        context = visitors.take(screen)
        visits.append((screen, context))
        context.on("page", watch)
        return context.new_page()

    with no_errors(app, watches):
        yield visit
        for screen, context in visits:
            context.remove_listener("page", watch)
            visitors.give_back(screen, context)


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    return visitor()
