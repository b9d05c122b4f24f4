"""Runs whose visitors and workers fail at random, in short; `benchmarks.faults` has 200 of them. Visitors speak Streamlit's protocol."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.faults import measured
from tests.browser.server import App


def test_every_run_ends_in_a_true_state_and_no_process_or_file_stays_behind(app: App) -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright has the event loop of this thread
        figures = elsewhere.submit(asyncio.run, measured(app, 12)).result()
    assert not [str(figure) for figure in figures if not figure.reached]
