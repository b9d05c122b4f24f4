"""Errors that fail a test whatever it tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.browser.chromium import Watch
from tests.browser.server import App


@contextmanager
def no_errors(app: App, watches: Sequence[Watch]) -> Iterator[None]:
    """Raises: AssertionError if, by the end of the block, an error occurred in one of the pages or in the server. watches: may grow."""
    log_before = len(app.log.read_text(errors="replace"))
    yield
    problems = [problem for watch in watches for problem in watch.problems]
    for watch in watches:
        watch.problems.clear()
    log = app.log.read_text(errors="replace")[log_before:]
    assert not problems, "\n".join(problems)
    assert "Traceback" not in log, f"the server raised an error:\n{log[-6000:]}"
