"""The Runs page with 500 runs: from following its address to rows on the screen, and to all of them searched.

`python -m benchmarks.runs_page` prints a table, and the same as JSON."""

import math
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from benchmarks.figures import Figure, median, report
from playground.presets import PRESETS
from playground.runs import RunState
from playground.runs.addresses import new_control_address, watch_address
from playground.runs.overview import POINTS, named, summary
from playground.runs.store import Store, StoredRun
from tests.browser.chromium import chromium, new_context, show
from tests.browser.server import running_app

RUNS, VISITS = 500, 7
ROWS = 50
"""More than a screen shows."""
STATES = (RunState.FINISHED, RunState.FINISHED, RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED, RunState.INTERRUPTED)


def owner_of(context: BrowserContext) -> str:
    """The owner that a page has given this browser."""
    return next(str(cookie["value"]).split(".")[0] for cookie in context.cookies() if cookie["name"].startswith("playground_owner"))


def fill(data: Path, owner: str, count: int = RUNS) -> None:
    """Stores runs of all presets, as if they had been trained over two months."""
    store, draw, now = Store(f"sqlite:///{data / 'playground.db'}"), random.Random(0), datetime.now(UTC)
    for number, spec in zip(range(count), _specs(draw), strict=False):
        run_id, state = watch_address(new_control_address()), STATES[number % len(STATES)]
        seconds = draw.uniform(2, 400)
        numbers = {"epoch": 20.0, "epochs": 20, "step": 2500, "seconds": seconds}
        created = now - timedelta(hours=3 * number)
        name, message = named("", spec), "" if state is RunState.FINISHED else "Stopped by its owner."
        store.add(StoredRun(run_id, created, "gone", spec.to_json(), state, message, (), numbers, owner, 0, name, summary(spec)))
        accuracy = {"title": "test accuracy", "format": "percent", "better": "higher", "value": draw.uniform(0.6, 0.99)}
        store.describe(run_id, result=accuracy, sparkline=_curve(draw))
        if number % 40 == 3:
            store.announce({**store.announced(), run_id: now + timedelta(days=3)})
    store.close()


def _specs(draw: random.Random) -> Iterator[object]:
    while True:
        spec = draw.choice(list(PRESETS.values())).spec
        yield spec.model_copy(update={"training": spec.training.model_copy(update={"seed": draw.randrange(10_000)})})


def _curve(draw: random.Random) -> list[int | None]:
    fall = draw.uniform(2, 9)
    return [round(min(100.0, max(0.0, 100 * math.exp(-fall * point / POINTS) + draw.uniform(-4, 4)))) for point in range(POINTS)]


def opened(page: Page, url: str) -> float:
    """Seconds from following the page's address, as the navigation does it, to rows on the screen."""
    show(page, url)
    page.evaluate("() => performance.clearMarks()")
    began = time.perf_counter()
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_function("rows => document.querySelectorAll('.pg-run').length >= rows", arg=ROWS, polling=20)
    return time.perf_counter() - began


def searched(page: Page) -> float:
    """Seconds to search all runs, in which one keystroke becomes visible."""
    page.wait_for_selector(".pg-runs-shown")
    return float(
        page.evaluate(
            """() => new Promise((resolve) => {
                const field = document.querySelector('.pg-runs-bar input');
                const began = performance.now();
                field.value = 'lstm';
                field.dispatchEvent(new Event('input', { bubbles: true }));
                requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - began) / 1000)));
            })"""
        )
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, chromium() as browser:
        page = new_context(browser).new_page()
        show(page, app.url)
        fill(Path(folder), owner_of(page.context))
        opened(page, app.url)
        opening, searching = [], []
        for _ in range(VISITS):
            opening.append(opened(page, app.url))
            searching.append(searched(page))
    report(
        [
            Figure(f"Runs page with {RUNS} runs, median", median(opening), "s", 1.0, "lower"),
            Figure("slowest", max(opening), "s", 1.0, "lower"),
            Figure("search of all of them", median(searching), "s", 0.3, "lower"),
        ]
    )


if __name__ == "__main__":
    main()
