"""Runs whose visitors and workers fail at random, in short; `benchmarks.faults` has 200 of them. Visitors speak Streamlit's protocol."""

import asyncio

from benchmarks.faults import measured
from tests.browser.server import App


def test_every_run_ends_in_a_true_state_and_nothing_stays_behind(app: App) -> None:
    missed = [str(figure) for figure in asyncio.run(measured(app, 12)) if not figure.reached]
    assert not missed
