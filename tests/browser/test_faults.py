"""Runs whose visitors and workers fail at random, in short; `benchmarks.faults` has 200 of them. Visitors speak Streamlit's protocol."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.faults import measured
from benchmarks.load.protocol import Tab
from playground.export.link import to_token
from tests.browser.server import App
from tests.browser.steps import experiment


def test_every_run_ends_in_a_true_state_and_no_process_or_file_stays_behind(app: App) -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright has the event loop of this thread
        figures = elsewhere.submit(asyncio.run, measured(app, 12)).result()
    assert not [str(figure) for figure in figures if not figure.reached]


def test_no_click_is_lost_when_another_message_follows_at_once(app: App) -> None:
    """Each of them was lost about every second time."""

    async def started() -> list[bool]:
        runs = []
        for _ in range(6):
            async with Tab(app.url, "playground", f"spec={to_token(experiment('playground_2d', epochs=1))}") as tab:
                await tab.open()
                await tab.press_amid_others("play")
                runs.append("run=" in tab.query)
        return runs

    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(asyncio.run, started()).result() == [True] * 6
