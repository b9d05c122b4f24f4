"""The runs of a server compute by turns."""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from playground.runs.fair_share import FairShare
from playground.runs.info import RunState
from playground.runs.live import LiveRun

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.05
"""How often it is decided who computes, besides whenever a run needs a turn or has had one."""


class Sharing:
    """Says which runs start to compute and which rest (`FairShare`), as time passes. Called under the lock of `Runs`.

    slots: runs that compute at the same time. sessions: runs that have a session at the same time, at least as many as slots.
    unwatched_seconds: after which a run that nobody watches gives way to all others. tick: called without the lock, several times a second
    while runs wait; calls `decide`."""

    def __init__(self, slots: int, sessions: int, unwatched_seconds: float, tick: Callable[[], None]) -> None:
        self._share = FairShare(slots)
        self._sessions = max(slots, sessions)
        self._unwatched_seconds = unwatched_seconds
        self._ticker = Ticker(tick)
        self._told: dict[str, tuple[int | None, int]] = {}

    def request(self, run: LiveRun, prompt: bool = True) -> None:
        """The run needs a turn. prompt: whether somebody waits for what it shows then."""
        self._share.request(run.id, run.owner, time.monotonic(), slots=run.threads, prompt=prompt, resident=run.attended)
        if run.leaving:
            self._share.leaves(run.id)

    def leaves(self, run: LiveRun) -> None:
        """Its session is being ended to make room for that of another run."""
        self._share.leaves(run.id)

    def left(self, run: LiveRun) -> None:
        """Its session has ended; it goes on from a checkpoint."""
        self._share.left(run.id)

    def attached(self, run: LiveRun) -> None:
        """It has a session, and begins to compute."""
        self._share.begins(run.id, time.monotonic())

    def started(self, run: LiveRun) -> None:
        """The number of its threads is known."""
        self._share.occupies(run.id, run.threads, time.monotonic())

    def release(self, run: LiveRun) -> None:
        """The run needs no turn."""
        self._share.release(run.id, time.monotonic())

    def rested(self, run: LiveRun, seconds: float = 0.0) -> None:
        """The run rests until its next turn, for so many seconds at least."""
        now = time.monotonic()
        self._share.rested(run.id, now, now + seconds if seconds else -math.inf)

    def commanded(self, run: LiveRun) -> None:
        """The run has received a command while it computes: it need not rest before it has followed it."""
        self._share.keeps(run.id)

    def shown(self, run: LiveRun) -> bool:
        """The run has drawn points. Returns whether somebody waited for them."""
        return self._share.shown(run.id, time.monotonic())

    @property
    def count(self) -> int:
        """Runs that compute or wait for a turn."""
        return len(self._share)

    def waits(self, run: LiveRun) -> bool:
        """Whether it waits for a turn, the first one or the next one."""
        return self._share.waits(run.id)

    def decide(self, runs: Mapping[str, LiveRun]) -> tuple[list[LiveRun], list[LiveRun], list[LiveRun]]:
        """The runs that compute from now on, those that should rest, and those whose status has changed otherwise."""
        now = time.monotonic()
        for run_id in self._share:
            run = runs[run_id]
            self._share.expect(run_id, run.numbers.current["seconds_left"], run.unwatched_seconds(now) > self._unwatched_seconds)
        decision = self._share.decide(now, self._sessions - sum(run.attended for run in runs.values()))
        if self._share.waiting or self._share.sleeps:
            self._ticker.wake()
        told = {run_id: self._news(runs[run_id]) for run_id in self._share}
        changed = [runs[run_id] for run_id, news in told.items() if news != self._told.get(run_id)]
        self._told = told
        return [runs[run_id] for run_id in decision.start], [runs[run_id] for run_id in decision.rest], changed

    def makes_room(self, runs: Mapping[str, LiveRun]) -> LiveRun | None:
        """The run whose session should end, if another one needs a session and there are too many: one that is paused, those first that
        nobody watches and then the one paused longest; otherwise the one that will rest longest."""
        attended = [run for run in runs.values() if run.attended]
        if len(attended) < self._sessions or any(run.leaving for run in attended):
            return None
        line = [runs[run_id] for run_id in self._share.waiting]
        wanting = next((index for index, run in enumerate(line) if not run.attended), None)
        if wanting is None:
            return None
        paused = [run for run in attended if run.state is RunState.PAUSED and run.session is not None and not self._share.waits(run.id)]
        resting = [run for run in line[wanting:] if run.attended and run.session is not None]
        if paused:
            return min(paused, key=lambda run: (run.watched, run.paused_since))
        return resting[-1] if resting else None

    def position(self, run: LiveRun) -> int | None:
        """1 for the next run; None for a run that does not wait for its first turn, or for one after a pause."""
        return self._share.position(run.id) if run.state is RunState.QUEUED else None

    def status(self, run: LiveRun) -> dict[str, Any]:
        """queue_position; starts_in: the expected seconds until then; turns_with: with how many other runs it takes turns, 0 if none;
        gives_way: whether to all of them, because nobody has watched it; and seconds_left with the time in which it waits for its
        turns, and in slow motion for its steps."""
        left = run.numbers.current["seconds_left"]
        return {
            "queue_position": self.position(run),
            "starts_in": self._share.starts_in(run.id) if run.state is RunState.QUEUED else None,
            "turns_with": 0 if run.state is RunState.QUEUED else self._share.others(run.id),
            "gives_way": self._share.gives_way(run.id),
            "seconds_left": None if left is None else round(left * self._share.slowdown(run.id) + _rests(run), 1),
        }

    def close(self) -> None:
        """Without the lock."""
        self._ticker.close()

    def _news(self, run: LiveRun) -> tuple[int | None, int]:
        return self.position(run), self._share.others(run.id)


def _rests(run: LiveRun) -> float:
    """How many seconds it will wait between its steps in slow motion."""
    numbers = run.numbers.current
    steps: float = (numbers["epochs"] - (numbers["epoch"] or 0.0)) * (numbers["steps_per_epoch"] or 0)
    return steps / run.steps_per_second


class Ticker:
    """Calls `tick` from its own thread, once for each `wake`, a moment later."""

    def __init__(self, tick: Callable[[], None], seconds: float = TICK_SECONDS) -> None:
        self._tick, self._seconds = tick, seconds
        self._needed, self._closed = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        self._needed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="turns", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._needed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._needed.wait()
            self._needed.clear()
            if self._closed.wait(self._seconds):
                return
            try:
                self._tick()
            except Exception:  # one failure must not take the turns of the other runs
                logger.exception("The turns of the runs could not be decided")
                self._needed.set()
