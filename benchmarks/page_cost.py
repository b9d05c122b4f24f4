"""What pages cost the server, in processor time. Python computes on one core, so with many visitors each waits for the others' scripts.

    python -m benchmarks.page_cost [FOLDER]

A visitor who speaks Streamlit's protocol opens the Playground, changes a setting and starts a run, again and again. Counted is the
processor time of the server's own process: scripts, middleware and messages, but not the workers that train. Other work on the machine
makes the same instructions slower, never faster: the lower quartile of the rounds depends little on it. With FOLDER, an earlier version
is measured alternately with this one."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from benchmarks.figures import Figure, percentile, report
from benchmarks.load.protocol import Tab
from playground.export.link import to_token
from tests.browser.server import ROOT, App, running_app
from tests.browser.steps import experiment

ROUNDS = 40
TARGETS = {"first page": 50, "change of a setting": 35, "press Train": 50}
"""Milliseconds: thirty visitors of whom each changes a setting every 4 s then take a third of a core."""
EXPERIMENT = experiment("mlp_784_256_10", epochs=2000)
_PROCESS_CLOCK = 2
"""Of another process, all of its threads: what `clock_getcpuclockid` of Linux computes from its id."""


def processor_seconds(app: App) -> float:
    """Of the server's process alone, including threads that have ended."""
    return time.clock_gettime((~app.process_id << 3) | _PROCESS_CLOCK)


class Costs:
    """Milliseconds of each action at one server, one entry per round."""

    def __init__(self, app: App) -> None:
        self._app, self._numbers = app, count(1)
        self.milliseconds: dict[str, list[float]] = {name: [] for name in TARGETS}

    async def visit(self) -> None:
        tab = Tab(self._app.url, "playground", f"spec={to_token(EXPERIMENT)}")
        await self._counted("first page", lambda: self._opened(tab))
        try:
            await self._counted("change of a setting", lambda: tab.set("training.seed", next(self._numbers)))
            await self._counted("press Train", lambda: tab.press("play"))
            await tab.press("stop")
        finally:
            await tab.__aexit__(None, None, None)

    async def _opened(self, tab: Tab) -> None:
        await tab.__aenter__()
        await tab.open()

    async def _counted(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        before = processor_seconds(self._app)
        await act()
        self.milliseconds[name].append(1000 * (processor_seconds(self._app) - before))

    def lower_quartile(self, name: str) -> float:
        return percentile(self.milliseconds[name], 0.25)


async def alternating(all_costs: list[Costs]) -> None:
    for _ in range(ROUNDS):
        for costs in all_costs:
            await costs.visit()


def main() -> None:
    folders = [ROOT, *(Path(folder) for folder in sys.argv[1:2])]
    with ExitStack() as stack:
        apps = [
            stack.enter_context(running_app(Path(stack.enter_context(tempfile.TemporaryDirectory())), source=folder)) for folder in folders
        ]
        measured = [Costs(app) for app in apps]
        asyncio.run(alternating(measured))
    for name in TARGETS:
        print(f"{name}: {', '.join(f'{costs.lower_quartile(name):.1f} ms' for costs in measured)}")
    report([Figure(f"processor time of a {name}", measured[0].lower_quartile(name), "ms", most, "lower") for name, most in TARGETS.items()])


if __name__ == "__main__":
    main()
