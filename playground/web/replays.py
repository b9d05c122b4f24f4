"""What runs showed at earlier moments, for all visitors: computed when somebody looks back at one, and kept for a while."""

import asyncio
import os
import time
from collections.abc import Callable, Generator, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from weakref import WeakValueDictionary

import torch
from cachetools import LRUCache

from playground.runs import RunState, history
from playground.runs.directory import SNAPSHOT, SPEC, WEIGHTS, earlier_weights, read_spec
from playground.settings import settings
from playground.training import Evaluated, View
from playground.training.evaluation import Examination
from playground.training.replay import Replay
from playground.training.wanted import EVERYTHING, Wanted
from playground.web.server import runs

AT_ONCE = 2
"""Simultaneous computations, for all visitors together: more would only compete with each other and with training."""
_CORES = min(2, os.cpu_count() or 1)
"""For one of them: looking back should be as quick as it can while nothing trains."""
_PART_SECONDS = 0.05
"""How long a part of an evaluation is computed, apart from a last batch; then it is another visitor's turn."""
_REPLAYS_BYTES = 256_000_000
"""Memory for networks and data that are ready for the next moment of their run."""
_MOMENTS_BYTES = 64_000_000
"""Memory for what was computed."""
_FEW = 20
"""So few moments are told why there are not more."""


@dataclass(frozen=True)
class Moment:
    """What a run showed after a step."""

    evaluated: Evaluated
    views: tuple[View, ...]

    @property
    def memory_bytes(self) -> int:
        return 1000 + sum(view.values.nbytes for view in self.views)


@dataclass(frozen=True)
class Past:
    """The moments of a run that can be looked at. steps: in order. note: why there are none, or few, in a sentence; "" otherwise."""

    run_id: str
    directory: Path
    steps: tuple[int, ...]
    note: str

    def nearest(self, step: int) -> int:
        """The moment closest to a step. There must be one."""
        return min(self.steps, key=lambda kept: abs(kept - step))


def past_of(address: str) -> Past:
    """The past of the run at this address. Raises: RunNotFound; StorageError; StoreError."""
    run_id = runs().resolve(address).run_id
    directory = runs().files(run_id)
    steps = history.steps(directory)
    return Past(run_id, directory, steps, _note(directory, len(steps)))


def _note(directory: Path, moments: int) -> str:
    files = (directory / WEIGHTS, directory / SNAPSHOT)
    size = max((file.stat().st_size for file in files if file.exists()), default=0)
    most = history.most_moments(size, settings().history_bytes)
    if not size:
        return "" if moments else "There is nothing to look back at before the first step."
    if not most:
        return "This network is too large for this server to keep earlier moments. The operator can allow more: PLAYGROUND_HISTORY_BYTES."
    if not moments:
        return "The earlier moments of this run are not on this server."
    if most <= _FEW:
        kept = "only 1 moment is" if most == 1 else f"only {most} moments are"
        return f"This network is large: {kept} kept. The operator can allow more: PLAYGROUND_HISTORY_BYTES."
    return ""


class Replays:
    """Computes one moment of a run at a time, and a few runs side by side. To be used in one event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="replay", initializer=partial(torch.set_num_threads, _CORES))
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._replays: LRUCache[str, Replay] = LRUCache(_REPLAYS_BYTES, getsizeof=lambda replay: replay.memory_bytes)
        self._moments: LRUCache[Hashable, Moment] = LRUCache(_MOMENTS_BYTES, getsizeof=lambda moment: moment.memory_bytes)

    async def moment(self, past: Past, step: int, is_wanted: Callable[[], bool], views: Wanted = EVERYTHING) -> Moment | None:
        """What the run showed after a step of its past, with these views; None if it is not wanted any longer.

        Raises: RunError if the weights are not there any longer, or damaged; SpecError or DataError if the run cannot be evaluated here."""
        status = await asyncio.to_thread(runs().status, past.run_id)
        is_last = status["state"] in (RunState.FINISHED, RunState.STOPPED) and step == status["step"]
        key = past.run_id, step, is_last, views.everything, frozenset(views.chosen.items())
        lock = self._locks.setdefault(past.run_id, asyncio.Lock())
        async with lock:
            moment = self._moments.get(key)
            if moment is None and is_wanted():
                loop = asyncio.get_running_loop()
                parts = await loop.run_in_executor(self._threads, self._begin, past, step, is_last, views)
                while moment is None and is_wanted():
                    moment = await loop.run_in_executor(self._threads, _advance, parts)
                if moment is not None and moment.memory_bytes <= _MOMENTS_BYTES:
                    self._moments[key] = moment
            return moment

    def _begin(self, past: Past, step: int, is_last: bool, views: Wanted) -> Generator[None, None, Examination]:
        spec = read_spec(past.directory / SPEC)
        replay = self._replays.get(past.run_id)
        if replay is None or replay.spec != spec:
            replay = Replay(spec)
            if replay.memory_bytes <= _REPLAYS_BYTES:
                self._replays[past.run_id] = replay
        weights, epoch = earlier_weights(past.directory, step, replay.expected), runs().timeline(past.run_id).epoch_at(step)
        return replay.examine(weights, step, epoch, is_last, views)


def _advance(parts: Generator[None, None, Examination]) -> Moment | None:
    deadline = time.perf_counter() + _PART_SECONDS
    try:
        next(parts)
        while time.perf_counter() < deadline:
            next(parts)
    except StopIteration as done:
        examination: Examination = done.value
        return Moment(examination.evaluated, examination.views)
    return None


@cache
def replays() -> Replays:
    """Those of this server."""
    return Replays()
