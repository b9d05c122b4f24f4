"""The pages without a browser: Streamlit's AppTest on the main script, with real runs."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from playground.runs import service
from playground.runs.database import StoreError
from playground.runs.tables import UploadClaim
from playground.web import server, when_opened
from tests.runs.kept_executor import KeptExecutor

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "playground" / "web" / "main.py"


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """AppTest looks through all installed packages for components at every visit, which takes longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


_executor = KeptExecutor()


@pytest.fixture(scope="module", autouse=True)
def _one_executor() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "LocalExecutor", lambda: _executor)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Ends the fork server after the last test of this folder, because other tests inspect processes."""
    try:
        return (yield)
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            _executor.end()


@pytest.fixture(autouse=True)
def _everything_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest opens no popovers and runs no fragments; what is in them is tested as if it had been opened."""
    monkeypatch.setattr(when_opened, "is_opened", lambda name: True)


@pytest.fixture(autouse=True)
def _uploads_belong_to_nobody() -> Iterator[None]:
    """All tests of a process upload the same few files; those of another test's visitor would open without them."""
    yield
    if server.runs.cache_info().currsize:
        with suppress(StoreError), server.runs()._records.store.session() as session:
            session.execute(delete(UploadClaim))


@pytest.fixture
def visit() -> Callable[..., AppTest]:
    """Opens a page as a new visitor: `visit("playground", spec=token)`. Fails if the page raises an exception."""

    def open_page(page: str = "home", **address: Any) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        app.query_params.update(address)
        if page != "home":
            app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        app.run()
        assert not app.exception, app.exception[0].message
        return app

    return open_page
