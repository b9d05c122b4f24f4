"""One server and one Chromium for the tests of a file, gone before the next file, whose tests may look at processes and event loops; a
fresh visitor for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Watch, chromium, new_context
from tests.browser.server import App, running_app


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("playground")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def visitor(browser: Browser, app: App) -> Iterator[Callable[..., Page]]:
    """Makes pages of fresh visitors: `visitor(theme="dark", width=390)`. At the end nothing may have gone wrong in any of them, nor
    in the server meanwhile."""
    contexts, watches = [], []
    log_before = len(app.log.read_text(errors="replace"))

    def visit(**screen: Any) -> Page:
        context = new_context(browser, **screen)
        contexts.append(context)
        context.on("page", lambda page: watches.append(Watch(page)))
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems]
    log = app.log.read_text(errors="replace")[log_before:]
    assert not problems, "\n".join(problems)
    assert "Traceback" not in log, f"the server met an error:\n{log[-6000:]}"


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    return visitor()
