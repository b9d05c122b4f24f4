"""What a class, a crowd and a careless client do to a server; each returns the figures it measured.

Every scenario has a server of its own, warmed up by one visitor, with its default settings."""

import asyncio
import os
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, median, percentile
from benchmarks.load.crowd import crowd
from benchmarks.load.memory import Peak, family_mb, idle_mb
from benchmarks.load.protocol import Tab
from benchmarks.load.visitor import ENDED, Plan, Visit, visit
from playground.export.link import to_token
from playground.spec import ExperimentSpec
from tests.browser.server import App, running_app
from tests.browser.steps import experiment

HEAD_START_SECONDS = 4.0
"""From making the plans until the first visitor comes: the visitors' processes start meanwhile."""
BROWSER_START_SECONDS = 15.0
"""The same if some come with a real browser."""
IDLE_SECONDS = 15
STUDENTS = 30
BROWSERS = 3
"""How many of the thirty come with a real Chromium, which computes on the same cores."""
EXPERIMENT = experiment("mlp_784_256_10", epochs=20)
LONG = experiment("mlp_784_256_10", epochs=2000)
TINY = experiment("playground_2d", epochs=1)
RUNS_IN_A_ROW = 200
FLAT_AFTER = 80
"""Runs after which memory should not grow any more: the newest 64 runs that have ended are kept in memory."""


@contextmanager
def warm_server() -> Iterator[App]:
    """A server that one visitor has used."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), parallel_runs=os.cpu_count() or 1) as app:
        first = asyncio.run(visit(Plan(app.url, to_token(EXPERIMENT), time.monotonic())))
        if first.failure:
            raise RuntimeError(f"the first visit failed: {first.failure}\n{app.log.read_text()[-4000:]}")
        yield app


def arriving(
    app: App, number: int, seconds: float, spec: ExperimentSpec = EXPERIMENT, *, browsers: int = 0, until: float | None = None
) -> list[Visit]:
    """Visitors who arrive evenly over a time, and train. browsers: how many of them, evenly spread, come with a real Chromium."""
    start, token = time.monotonic() + (BROWSER_START_SECONDS if browsers else HEAD_START_SECONDS), to_token(spec)
    with_browser = {number * (2 * index + 1) // (2 * browsers) for index in range(browsers)}
    return crowd(
        [
            Plan(app.url, token, start + seconds * index / number, until=until, seed=index, browser=index in with_browser)
            for index in range(number)
        ]
    )


def told(visits: Sequence[Visit]) -> None:
    """Prints what single figures do not say."""
    failures = sorted({one.failure for one in visits if one.failure})
    rates = sorted(one.samples_per_second for one in visits if one.samples)
    ends = [one.run for one in visits if one.samples]
    for name, values in (
        ("page", [one.page for one in visits]),
        ("press → first point", [one.point for one in visits]),
        ("change of a setting", [seconds for one in visits for _, seconds in one.changes]),
        ("press → end of the run", ends),
        ("page in Chromium", [one.page for one in visits if one.browser]),
        ("press → first point in Chromium", [one.point for one in visits if one.browser]),
    ):
        reached = [value for value in values if value == value]
        if reached:
            print(f"  {name}: median {median(reached):.2f} s, 95th percentile {percentile(reached, 0.95):.2f} s, most {max(reached):.2f} s")
    if rates:
        total = sum(one.samples for one in visits) / max(ends)
        print(f"  samples/s of a visitor: {rates[0]:,.0f} to {rates[-1]:,.0f}; of all together {total:,.0f}")
    print(f"  failed: {sum(bool(one.failure) for one in visits)} of {len(visits)} {failures[:3]}", flush=True)


def _95(name: str, values: Sequence[float], most: float) -> Figure:
    """A visitor who never got there counts as infinitely late."""
    return Figure(
        f"{name}, 95th percentile", percentile([value if value == value else float("inf") for value in values], 0.95), "s", most, "lower"
    )


def _failures(name: str, visits: Sequence[Visit]) -> Figure:
    return Figure(f"{name}: failed", sum(bool(visit.failure) for visit in visits), "visits", 0, "lower")


def idle() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), parallel_runs=os.cpu_count() or 1) as app:
        time.sleep(IDLE_SECONDS)
        server, fork_server = idle_mb(app.process_id)
    print(f"  server {server:.0f} MB, fork server {fork_server:.0f} MB")
    return [Figure("memory of server and fork server when idle", server + fork_server, "MB", 550, "lower")]


def in_ten_seconds() -> list[Figure]:
    with warm_server() as app, Peak(app.process_id) as peak:
        alone = arriving(app, 1, 0, browsers=1)[0]
        visits = arriving(app, STUDENTS, 10, browsers=BROWSERS)
    told(visits)
    print(f"  a Chromium alone: page {alone.page:.2f} s, press → first point {alone.point:.2f} s")
    simulated, browsing = ([visit for visit in visits if visit.browser is browser] for browser in (False, True))
    changes = [seconds for visit in visits for _, seconds in visit.changes]
    return [
        _95("30 in 10 s: page", [visit.page for visit in simulated], 1),
        _95("30 in 10 s: press → first point", [visit.point for visit in simulated], 3),
        _95("30 in 10 s: change of a setting while all train", changes or [float("nan")], 1),
        Figure("30 in 10 s: page in Chromium", median([visit.page for visit in browsing]), "s", 1, "lower"),
        Figure("30 in 10 s: press → first point drawn in Chromium", median([visit.point for visit in browsing]), "s", 3, "lower"),
        Figure("30 in 10 s: memory", peak.mb, "MB", 3000, "lower"),
        _failures("30 in 10 s", visits),
    ]


def in_one_second() -> list[Figure]:
    with warm_server() as app:
        visits = arriving(app, STUDENTS, 1)
    told(visits)
    rates = [visit.samples_per_second for visit in visits if visit.samples]
    return [
        _95("30 in 1 s: press → first point", [visit.point for visit in visits], 6),
        Figure("30 in 1 s: samples/s of the slowest against the fastest", min(rates) / max(rates) if rates else 0, "×", 0.7, "higher"),
        _failures("30 in 1 s", visits),
    ]


def sixty_owners() -> list[Figure]:
    """How much later an owner's page answers while somebody without cookies sends 1,000 requests."""
    with warm_server() as app:
        flood: list[float] = []
        begins = time.monotonic() + HEAD_START_SECONDS + 60
        thread = threading.Thread(target=_flood, args=(app, begins, 1000, flood))
        thread.start()
        visits = arriving(app, 60, 20, LONG, until=begins + 40)
        thread.join()
    told(visits)
    since, until = flood
    changes = [change for visit in visits for change in visit.changes]
    before = [seconds for at, seconds in changes if begins - 30 < at < begins]
    during = [seconds for at, seconds in changes if since <= at <= until]
    print(f"  1,000 requests took {until - since:.1f} s; changes of a setting before: {len(before)}, meanwhile: {len(during)}")
    delay = percentile(during, 0.95) - percentile(before, 0.95) if before and during else float("inf")
    return [Figure("60 owners, 1,000 requests without cookies: delay", delay, "s", 1, "lower"), _failures("60 owners", visits)]


def _flood(app: App, begins: float, number: int, when: list[float]) -> None:
    def request(index: int) -> None:
        with urllib.request.urlopen(f"{app.url}/playground?request={index}", timeout=60) as response:
            response.read()

    time.sleep(max(0.0, begins - time.monotonic()))
    when.append(time.monotonic())
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(request, range(number)))
    when.append(time.monotonic())


def hundred() -> list[Figure]:
    with warm_server() as app:
        visits = arriving(app, 100, 30)
    told(visits)
    waited = [visit for visit in visits if visit.waited]
    silent = sum(visit.silent > 0 for visit in waited)
    return [_failures("100 in 30 s", visits), Figure(f"{len(waited)} of 100 waited: without a position", silent, "visits", 0, "lower")]


def deaf_viewer() -> list[Figure]:
    """A viewer whose connection stays open but who reads nothing, for a minute of training."""

    async def deaf(app: App, until: float) -> None:
        async with Tab(app.url, "playground", f"spec={to_token(LONG)}") as tab:
            await tab.open()
            await tab.press("play")
            address = tab.query.partition("run=")[2].partition("&")[0]
            async with await tab.socket(f"/live/{address}"):
                await asyncio.sleep(max(0.0, until - time.monotonic()))

    with warm_server() as app:
        alone = arriving(app, 5, 1, LONG, until=time.monotonic() + 30)
        until = time.monotonic() + 60
        before = family_mb(app.process_id)
        thread = threading.Thread(target=lambda: asyncio.run(deaf(app, until)))
        thread.start()
        beside = arriving(app, 5, 1, LONG, until=until - 10)
        after = family_mb(app.process_id)
        thread.join()
    told(beside)
    late, usual = (percentile([seconds for visit in visits for _, seconds in visit.changes], 0.95) for visits in (beside, alone))
    return [
        Figure("one viewer reads nothing: delay of the others", late - usual, "s", 0.3, "lower"),
        Figure("one viewer reads nothing: memory", after - before, "MB", 400, "lower"),
    ]


def in_a_row() -> list[Figure]:
    """One visitor trains one run after the other; memory after 80 and after 200 of them."""

    async def train(app: App, numbers: Sequence[int]) -> None:
        async with Tab(app.url, "playground", f"spec={to_token(TINY)}") as tab:
            await tab.open()
            for number in numbers:
                await tab.set("training.seed", number)
                await tab.press("play")
                await _ended(tab)

    with warm_server() as app:
        asyncio.run(train(app, range(1, FLAT_AFTER)))
        before = family_mb(app.process_id)
        asyncio.run(train(app, range(FLAT_AFTER, RUNS_IN_A_ROW)))
        after = family_mb(app.process_id)
    print(f"  {before:.0f} MB after {FLAT_AFTER} runs, {after:.0f} MB after {RUNS_IN_A_ROW}")
    return [Figure(f"{RUNS_IN_A_ROW} runs in a row: memory, against {FLAT_AFTER}", after / before, "×", 1.05, "lower")]


async def _ended(tab: Tab) -> None:
    import json

    address = tab.query.partition("run=")[2].partition("&")[0]
    async with await tab.socket(f"/live/{address}") as socket:
        async for data in socket:
            if isinstance(data, str) and json.loads(data)["status"]["state"] in ENDED:
                return


def reconnecting() -> list[Figure]:
    """Forty tabs that lose their connections at the same moment and come back at once, like a class whose network fails for a moment."""
    pages: list[float] = []

    async def storm(app: App) -> None:
        tabs = [Tab(app.url, "playground", f"spec={to_token(EXPERIMENT)}") for _ in range(40)]
        for tab in tabs:
            await tab.__aenter__()
            await tab.open()
        for tab in tabs:
            await tab.__aexit__(None, None, None)

        async def back(tab: Tab) -> None:
            async with Tab(app.url, "playground", tab.query, session=tab.session) as again:
                await again.open()

        async def other() -> None:
            await asyncio.sleep(0.05)
            began = time.monotonic()
            async with Tab(app.url, "playground", f"spec={to_token(EXPERIMENT)}") as tab:
                await tab.open()
            pages.append(time.monotonic() - began)

        await asyncio.gather(*(back(tab) for tab in tabs), other())

    with warm_server() as app:
        for _ in range(3):
            asyncio.run(storm(app))
    print("  " + ", ".join(f"{seconds:.2f}" for seconds in pages))
    return [Figure("40 reconnect at once: page of another visitor", median(pages), "s", 1, "lower")]


SCENARIOS: dict[str, Callable[[], list[Figure]]] = {
    "idle": idle,
    "in_ten_seconds": in_ten_seconds,
    "in_one_second": in_one_second,
    "sixty_owners": sixty_owners,
    "hundred": hundred,
    "deaf_viewer": deaf_viewer,
    "in_a_row": in_a_row,
    "reconnecting": reconnecting,
}
