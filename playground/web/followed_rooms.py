"""The rooms that pages of this server follow: each is read by one task, for all of its sockets."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache

from playground.rooms import Room, RoomNotFoundError, Rooms
from playground.rooms.challenge import Ranked
from playground.rooms.results import Results
from playground.runs.database import StoreError
from playground.runs.overview import Overview

LOOK_SECONDS = 1.0
"""Between two readings of a room, unless somebody comes."""
AT_LEAST_SECONDS = 0.2
SEEN_SECONDS = 20.0
"""Between two notes in the database that the students of a room have a page open."""


@dataclass(frozen=True)
class State:
    """A room with what its runs do, at one moment. room: None once it has closed. board: () without a challenge. wall: the newest run of
    each seat, parameters: of its network, both with the number of the seat."""

    room: Room | None
    board: tuple[Ranked, ...] = ()
    wall: tuple[tuple[int, Overview], ...] = ()
    parameters: tuple[tuple[int, int], ...] = ()


class Followed:
    """A room that somebody follows on this server: one task reads it for all their sockets."""

    def __init__(self, rooms: Rooms, results: Results, code: str) -> None:
        self.sockets = 0
        self._rooms, self._results, self._code = rooms, results, code
        self._seats: Counter[int] = Counter()
        self._state: State | None = None
        self._begun = self._done = 0
        """The readings that have begun and those that are done."""
        self._news, self._asked = asyncio.Condition(), asyncio.Event()
        self._task = asyncio.create_task(self._read_on())

    async def first(self) -> State:
        """The state as read from now on: what is known already may be older than the seat of whoever asks."""
        before = self._begun
        self._asked.set()
        async with self._news:
            await self._news.wait_for(lambda: self._done > before and self._state is not None)
        assert self._state is not None
        return self._state

    async def next(self, known: State) -> State:
        """The state as soon as it is another than the known one."""
        async with self._news:
            await self._news.wait_for(lambda: self._state != known)
        assert self._state is not None
        return self._state

    def sit(self, seat: int) -> None:
        """A student has a page open."""
        self._seats[seat] += 1

    def rise(self, seat: int) -> None:
        """They have closed it."""
        self._seats[seat] -= 1

    def close(self) -> None:
        self._task.cancel()

    async def _read_on(self) -> None:
        loop, noted = asyncio.get_running_loop(), -SEEN_SECONDS
        while True:
            since = loop.time()
            seats = tuple(+self._seats) if since - noted >= SEEN_SECONDS else ()
            noted = since if seats else noted
            self._asked.clear()
            self._begun += 1
            with suppress(StoreError):  # the database is away; another reading may find it
                self._state = await asyncio.to_thread(self._read, seats)
                async with self._news:
                    self._done = self._begun
                    self._news.notify_all()
            took = loop.time() - since
            await asyncio.sleep(max(AT_LEAST_SECONDS, 3 * took))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), max(0.01, LOOK_SECONDS - AT_LEAST_SECONDS))

    def _read(self, seats: tuple[int, ...]) -> State:
        self._rooms.seen(self._code, seats)
        try:
            room = self._rooms.room(self._code, anew=True)
        except RoomNotFoundError:
            return State(None)
        wall = self._results.wall(room)
        return State(room, self._results.board(room), tuple(sorted(wall.items())), tuple(self._results.parameters(wall).items()))


@contextmanager
def followed(rooms: Rooms, code: str) -> Iterator[Followed]:
    """A room, for one socket; the last one ends its task. Only within an event loop."""
    known, results = _known(rooms, asyncio.get_running_loop())
    room = known.get(code)
    if room is None:
        room = known[code] = Followed(rooms, results, code)
    room.sockets += 1
    try:
        yield room
    finally:
        room.sockets -= 1
        if not room.sockets:
            del known[code]
            room.close()


@lru_cache(maxsize=1)
def _known(rooms: Rooms, loop: asyncio.AbstractEventLoop) -> tuple[dict[str, Followed], Results]:
    return {}, Results(rooms)
