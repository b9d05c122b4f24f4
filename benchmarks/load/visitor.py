"""One visitor: opens an experiment, presses Train, follows the run like the page's chart, and changes a setting now and then."""

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from websockets.exceptions import WebSocketException

from benchmarks.load.protocol import PageError, Tab

ENDED = ("finished", "stopped", "diverged", "failed", "refused", "interrupted")
STARTED_SECONDS = 300
"""How long a visitor waits for the first point of a run before the visit counts as failed."""
SETTLED_SECONDS = 0.12
"""After which a browser tells the page that its run has ended."""


@dataclass(frozen=True)
class Plan:
    """What a visitor does. Times are of `time.monotonic`, which all processes share.

    spec: a share token. press_seconds: after the page is there; None for a visitor who trains nothing. every_seconds: mean time between
    two changes of a setting. until: ends the visit, even if the run goes on; None for no end. room: the code of the room that they join.
    browser: whether they come with a real Chromium; such a visitor trains and watches until the run has ended, and changes no settings."""

    url: str
    spec: str
    arrives: float
    press_seconds: float | None = 0.5
    every_seconds: float = 4.0
    until: float | None = None
    seed: int = 0
    room: str = ""
    browser: bool = False


@dataclass
class Visit:
    """What a visitor met. Seconds of: the page; from pressing Train to the first point at the visitor; each change of a setting, with the
    time at which it was made; from pressing Train to the end of the run.

    samples: that the run trained on. silent: states of waiting that came without a position. failure: what went wrong, "" for nothing.
    browser: whether it was a visit with a real Chromium; changes and samples are empty then."""

    page: float = float("nan")
    point: float = float("nan")
    changes: list[tuple[float, float]] = field(default_factory=list)
    run: float = float("nan")
    samples: float = 0.0
    state: str = ""
    waited: bool = False
    silent: int = 0
    failure: str = ""
    browser: bool = False

    @property
    def samples_per_second(self) -> float:
        """By the visitor's own clock: waiting counts."""
        return self.samples / self.run


class Follower:
    """The socket of a run, read as the page's chart reads it. first: set when there are points. ended: set when the run is over."""

    def __init__(self, tab: Tab, visit: Visit, pressed: float) -> None:
        self._tab, self._visit, self._pressed = tab, visit, pressed
        self._task: asyncio.Task[None] | None = None
        self.first, self.ended = asyncio.Event(), asyncio.Event()

    def follow(self, query: str) -> None:
        """Starts with the query in which the page names a run."""
        address = parse_qs(query).get("run", [""])[-1]
        if address and self._task is None:
            self._task = asyncio.create_task(self._read(address))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _read(self, address: str) -> None:
        try:
            async with await self._tab.socket(f"/live/{address}") as socket:
                async for data in socket:
                    if isinstance(data, str):
                        self._receive(json.loads(data))
                    if self.ended.is_set():
                        return
            self._fail("the live socket was closed")
        except (OSError, WebSocketException) as error:
            self._fail(f"the live socket: {error}")

    def _fail(self, failure: str) -> None:
        self._visit.failure = self._visit.failure or failure
        self.first.set()
        self.ended.set()

    def _receive(self, message: dict[str, Any]) -> None:
        visit, now = self._visit, time.monotonic()
        if message["type"] == "error":
            self._fail(message["message"])
            return
        if message["series"]["batch"]["step"] and not self.first.is_set():
            visit.point = now - self._pressed
            self.first.set()
        status = message["status"]
        visit.state = status["state"]
        if visit.state == "queued":
            visit.waited = True
            visit.silent += status["queue_position"] is None
        if visit.state in ENDED:
            visit.run, visit.samples = now - self._pressed, (status["samples_per_second"] or 0.0) * (status["seconds"] or 0.0)
            if visit.state != "finished":
                visit.failure = f"{visit.state}: {status['message']}"
            self.ended.set()


async def visit(plan: Plan) -> Visit:
    """Never raises: what goes wrong is in the result."""
    result = Visit()
    await asyncio.sleep(max(0.0, plan.arrives - time.monotonic()))
    try:
        await _visit(plan, result)
    except (PageError, OSError, TimeoutError, WebSocketException) as error:
        result.failure = f"{type(error).__name__}: {error}"
    return result


async def _visit(plan: Plan, result: Visit) -> None:
    began = time.monotonic()
    chance = random.Random(plan.seed)
    async with Tab(plan.url, "playground", f"spec={plan.spec}" + (f"&room={plan.room}" if plan.room else "")) as tab:
        await tab.open()
        result.page = time.monotonic() - began
        follower = None
        if plan.press_seconds is not None:
            await asyncio.sleep(plan.press_seconds)
            follower = Follower(tab, result, time.monotonic())
            tab.on_query = follower.follow
            try:
                await tab.press("play")
                await _started(plan, follower)
                await _change(tab, plan, result, chance, follower.ended)
                if follower.ended.is_set():
                    await asyncio.sleep(SETTLED_SECONDS)
                    await tab.report("live_status", "state", {"run": parse_qs(tab.query)["run"][-1], "state": result.state, "number": 1})
            finally:
                follower.stop()
        else:
            await _change(tab, plan, result, chance, asyncio.Event())
        if tab.errors:
            result.failure = tab.errors[0]


async def _started(plan: Plan, follower: Follower) -> None:
    """Waits for the first point, but not beyond the end of the visit. Raises: TimeoutError."""
    seconds = STARTED_SECONDS if plan.until is None else plan.until - time.monotonic()
    try:
        await asyncio.wait_for(follower.first.wait(), seconds)
    except TimeoutError:
        if plan.until is None:
            raise


async def _change(tab: Tab, plan: Plan, result: Visit, chance: random.Random, ended: asyncio.Event) -> None:
    """Changes a setting now and then, until the run has ended or the visit is over."""
    seeds = 0
    while not ended.is_set() and (plan.until is None or time.monotonic() < plan.until):
        pause = plan.every_seconds * (0.5 + chance.random())
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), pause)
            return
        began = time.monotonic()
        seeds += 1
        await tab.set("training.seed", seeds)
        result.changes.append((began, time.monotonic() - began))
