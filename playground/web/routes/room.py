"""`/room/{code}?ticket=…`: what happens in a room, to its students and its teacher.

JSON messages (`room_messages`): {"type": "room", …} first and whenever something has changed; for the teacher {"type": "wall", …} with the
runs that have moved; {"type": "over", "reason", "message"} and close code 4404 when the visit is in the room no longer. Nothing that a
browser sends is read. Without a valid ticket: close code 4403."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.rooms import Room, RoomNotFoundError, Rooms, Seat, SeatRemovedError
from playground.rooms.challenge import Ranked
from playground.rooms.results import Results
from playground.runs.overview import Overview
from playground.runs.store import StoreError
from playground.web import room_messages
from playground.web.security.room_tickets import owner_of_ticket
from playground.web.security.seats import sits_in
from playground.web.server import rooms

NOT_FOUND, FORBIDDEN = 4404, 4403
LOOK_SECONDS = 1.0
"""Between two readings of a room, unless somebody comes."""
AT_LEAST_SECONDS = 0.2
SEEN_SECONDS = 20.0
"""Between two notes in the database that the students of a room have a page open."""


@dataclass(frozen=True)
class State:
    """A room with what its runs do, at one moment. room: None once it has closed. parameters: of the networks, by seat."""

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


class Following:
    """The rooms that are followed on this server."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms, self._results = rooms, Results(rooms)
        self._followed: dict[str, Followed] = {}

    def enter(self, code: str) -> Followed:
        """For a socket, which must `leave` it."""
        followed = self._followed.get(code)
        if followed is None:
            followed = self._followed[code] = Followed(self._rooms, self._results, code)
        followed.sockets += 1
        return followed

    def leave(self, code: str) -> None:
        """The last one stops the task."""
        followed = self._followed[code]
        followed.sockets -= 1
        if not followed.sockets:
            del self._followed[code]
            followed.close()


@lru_cache(maxsize=1)
def _following(rooms: Rooms, loop: asyncio.AbstractEventLoop) -> Following:
    return Following(rooms)


async def room(websocket: WebSocket) -> None:
    """Serves one page of a student or of the teacher, until it disconnects or the room is over for them."""
    await websocket.accept()
    code = websocket.path_params["code"]
    owner = owner_of_ticket(websocket.query_params.get("ticket", ""), code)
    if not owner:
        await websocket.close(FORBIDDEN)
        return
    following = _following(rooms(), asyncio.get_running_loop())
    followed = following.enter(code)
    telling = asyncio.create_task(_tell(websocket, followed, code, owner))
    leaving = asyncio.create_task(_disconnected(websocket))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            with suppress(WebSocketDisconnect):
                telling.result()
    finally:
        telling.cancel()
        leaving.cancel()
        following.leave(code)


async def _tell(websocket: WebSocket, followed: Followed, code: str, owner: str) -> None:
    known = await followed.first()
    said: dict[str, Any] = {}
    walls: dict[int, Overview] | None = None
    sitting: int | None = None
    try:
        while True:
            if (over := _over(known.room, owner)) is not None:
                await _send(websocket, over)
                await websocket.close(NOT_FOUND)
                return
            assert known.room is not None
            seat = None if known.room.is_taught_by(owner) else known.room.seat_of(owner)
            if seat is not None and sitting is None:
                sitting = seat.number
                followed.sit(sitting)
                sits_in(owner, code)
            message = (
                room_messages.for_teacher(known.room, known.board)
                if seat is None
                else room_messages.for_student(known.room, seat, known.board)
            )
            if message != said:
                said = message
                await _send(websocket, message)
            if seat is None:
                news = {number: run for number, run in known.wall if walls is None or walls.get(number) != run}
                if news or walls is None:
                    walls = dict(known.wall)
                    await _send(websocket, room_messages.wall(news, dict(known.parameters)))
            known = await followed.next(known)
    finally:
        if sitting is not None:
            followed.rise(sitting)


def _over(room: Room | None, owner: str) -> dict[str, Any] | None:
    """Why the owner has nothing to do with the room; None if they have."""
    if room is None:
        return room_messages.over("closed", "This room has been closed.")
    if room.is_taught_by(owner):
        return None
    seat: Seat | None = room.seat_of(owner)
    if seat is not None and seat.is_taken:
        return None
    if seat is not None and seat.state == "removed":
        return room_messages.over("removed", str(SeatRemovedError()))
    return room_messages.over("left", "You have left this room.")


async def _disconnected(websocket: WebSocket) -> None:
    """Returns when the browser has disconnected. Its messages are ignored."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(websocket: WebSocket, message: dict[str, Any]) -> None:
    await websocket.send_text(json.dumps(message, allow_nan=False, separators=(",", ":")))


routes: list[BaseRoute] = [WebSocketRoute("/room/{code}", room)]
