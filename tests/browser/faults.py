"""What may not happen while a test looks elsewhere."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.browser.chromium import Watch
from tests.browser.server import App


@contextmanager
def faultless(app: App, watches: Sequence[Watch]) -> Iterator[None]:
    """Raises: AssertionError if by the end something has gone wrong in one of the pages, or in the server meanwhile. watches: may grow."""
    log_before = len(app.log.read_text(errors="replace"))
    yield
    problems = [problem for watch in watches for problem in watch.problems]
    for watch in watches:
        watch.problems.clear()
    log = app.log.read_text(errors="replace")[log_before:]
    assert not problems, "\n".join(problems)
    assert "Traceback" not in log, f"the server met an error:\n{log[-6000:]}"
