"""`/room/{code}?ticket=…`: what happens in a room, to its students and its teacher.

JSON messages (`room_messages`): {"type": "room", …} first and whenever something has changed; for the teacher {"type": "wall", …} with the
runs that have moved; {"type": "over", "reason", "message"} and close code 4404 when the visit is in the room no longer. Nothing that a
browser sends is read. Without a valid ticket: close code 4403."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.rooms import Room, Seat, SeatRemovedError
from playground.runs.overview import Overview
from playground.web import room_messages
from playground.web.followed_rooms import Followed, followed
from playground.web.security.room_tickets import owner_of_ticket
from playground.web.security.seats import sits_in
from playground.web.server import rooms

NOT_FOUND, FORBIDDEN = 4404, 4403


async def follow(websocket: WebSocket) -> None:
    """Serves one page of a student or of the teacher, until it disconnects or the room is over for them."""
    await websocket.accept()
    code = websocket.path_params["code"]
    owner = owner_of_ticket(websocket.query_params.get("ticket", ""), code)
    if not owner:
        await websocket.close(FORBIDDEN)
        return
    with followed(rooms(), code) as room:
        telling = asyncio.create_task(_tell(websocket, room, code, owner))
        leaving = asyncio.create_task(_disconnected(websocket))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                with suppress(WebSocketDisconnect):
                    telling.result()
        finally:
            telling.cancel()
            leaving.cancel()


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


routes: list[BaseRoute] = [WebSocketRoute("/room/{code}", follow)]
