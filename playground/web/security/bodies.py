"""How much a request may contain, and how long it may stall."""

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.settings import settings

UPLOADS = "/_stcore/upload_file/"
AROUND_A_FILE = 2_000_000
"""Bytes that a browser sends around an uploaded file."""
MOST_BYTES = 1_000_000
"""Of all other requests."""
STALLED_SECONDS = 30.0


class _TooLarge(Exception):  # noqa: N818 - never leaves this file
    """The body is longer than allowed."""


class BoundedBodies:
    """Middleware: refuses bodies that are too long, whether they say so or not, and ends requests whose bodies stall."""

    def __init__(self, app: ASGIApp, stalled_seconds: float = STALLED_SECONDS) -> None:
        self._app = app
        self._stalled_seconds = stalled_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = settings().upload_bytes + AROUND_A_FILE if UPLOADS in scope["path"] else MOST_BYTES
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > most:
            await _too_large(most, scope, receive, send)
            return
        received, complete, started = 0, False, False

        async def receiving() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()  # waits for the client to leave
            try:
                async with asyncio.timeout(self._stalled_seconds):
                    message = await receive()
            except TimeoutError:
                raise ClientDisconnect from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > most:
                raise _TooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        except _TooLarge:
            if not started:
                await _too_large(most, scope, receive, send)


async def _too_large(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"At most {most:,} bytes.\n", 413, {"connection": "close"})(scope, receive, send)
