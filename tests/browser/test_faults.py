"""Runs whose visitors and workers fail at random, in short; `benchmarks.faults` has 200 of them. Visitors speak Streamlit's protocol."""

import asyncio

from benchmarks.faults import measured
from tests.browser.server import App


def test_every_run_ends_in_a_true_state_and_no_process_stays_behind(app: App) -> None:
    figures = asyncio.run(measured(app, 12))
    assert not [str(figure) for figure in figures if "files" not in figure.name and not figure.reached]
