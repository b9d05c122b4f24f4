"""Sockets on which a browser asks a network about something that keeps changing, such as a drawing: only the newest question counts, and it
is answered again whenever the network has newer weights."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

from starlette.websockets import WebSocket

from playground.web.networks import Stamp, stamp_at

NOT_FOUND = 4404
TOO_MANY_ERRORS = 1008
MAX_BAD_FRAMES = 20
WATCH_SECONDS = 0.5
"""How often to check for newer weights."""

Q = TypeVar("Q")


class FrameError(Exception):
    """An invalid frame; the message says what is wrong with it."""


class Newest(Generic[Q]):
    """The newest question. changed: set when there is a new one, and when the browser disconnects."""

    def __init__(self) -> None:
        self.question: Q | None = None
        self.changed = asyncio.Event()
        self.disconnected = False

    def ask(self, question: Q) -> None:
        self.question = question
        self.changed.set()

    def end(self) -> None:
        self.disconnected = True
        self.changed.set()


async def receive(websocket: WebSocket, read: Callable[[Mapping[str, Any]], None]) -> None:
    """Passes every message to `read` until the browser disconnects; responds to those that raise FrameError with the error, and disconnects
    browsers that send many of them."""
    bad_frames = 0
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        try:
            read(message)
        except FrameError as error:
            bad_frames += 1
            await send(websocket, {"seq": None, "error": str(error)})
            if bad_frames >= MAX_BAD_FRAMES:
                await websocket.close(TOO_MANY_ERRORS)
                return


async def serve(websocket: WebSocket, parse: Callable[[Mapping[str, Any]], Q], respond: Callable[[Newest[Q]], Awaitable[None]]) -> None:
    """Serves one browser that asks one kind of question, until it disconnects.

    parse: a message → its question. Raises: FrameError. respond: answers the newest question until the browser disconnects."""
    await websocket.accept()
    newest = Newest[Q]()
    receiving = asyncio.create_task(_ask(websocket, parse, newest))
    try:
        await respond(newest)
    finally:
        receiving.cancel()
        with suppress(asyncio.CancelledError):
            await receiving


async def _ask(websocket: WebSocket, parse: Callable[[Mapping[str, Any]], Q], newest: Newest[Q]) -> None:
    try:
        await receive(websocket, lambda message: newest.ask(parse(message)))
    finally:
        newest.end()


async def follow(address: str, newest: Newest[Q], answer: Callable[[Q], Awaitable[None]]) -> None:
    """Answers the newest question, and again whenever the network at the address has newer weights, until the browser disconnects.

    Raises: MissingNetworkError if there is no such network."""
    done: tuple[Q, Stamp] | None = None
    while not newest.disconnected:
        newest.changed.clear()
        stamp = await asyncio.to_thread(stamp_at, address)
        question = newest.question
        if question is not None and done != (question, stamp):
            done = question, stamp
            await answer(question)
        with suppress(TimeoutError):
            await asyncio.wait_for(newest.changed.wait(), WATCH_SECONDS)


async def send(websocket: WebSocket, message: Mapping[str, Any]) -> None:
    """Sends a message as JSON text."""
    await websocket.send_text(json.dumps(message, allow_nan=False, separators=(",", ":")))
