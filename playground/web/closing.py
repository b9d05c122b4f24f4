"""An end of the server that nobody can hold up: SIGTERM and Ctrl+C end it within ten seconds, whatever its clients do.

Uvicorn waits without a limit for requests that are never completed and for clients that do not read, and only then ends the lifespan,
which closes the runs. Streamlit starts it and leaves no way to set that limit."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 1.5
"""For requests under way, from the signal on."""
CONNECTIONS_SECONDS = 2
"""For connections whose clients do not read; then the lifespan ends."""
LAST_SECONDS = 9
"""After this the process ends whatever still runs in it; runs that could not be closed are marked by the next start."""

logger = logging.getLogger(__name__)


class _Requests:
    """The requests and WebSockets that are being answered."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self.closing = False

    @contextmanager
    def answering(self) -> Iterator[None]:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is answered in a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def end(self) -> None:
        self.closing = True
        for task in self._tasks:
            task.cancel()


@cache
def _requests() -> _Requests:
    return _Requests()


def is_closing() -> bool:
    """Whether the server has been told to end."""
    return _requests().closing


class Ending:
    """Middleware: requests end quietly when their client leaves, or when the server does.

    What a WebSocket sends to a client that left is dropped, as ASGI allows: the app learns from `receive` that it left. Otherwise Starlette
    would refuse to receive as well, which Streamlit takes for an error of the protocol."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        started = False
        dropped = (OSError,) if scope["type"] == "websocket" else ()

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            with suppress(*dropped):
                await send(message)

        with _requests().answering():
            try:
                await self._app(scope, receive, sending)
                return
            except ClientDisconnect:
                status = 400
            except asyncio.CancelledError:
                if not _requests().closing:
                    raise
                status = 503
        if scope["type"] == "http" and not started:
            await PlainTextResponse("", status)(scope, receive, send)


@contextmanager
def ended_in_time() -> Iterator[None]:
    """For the lifespan: as long as it lasts, a signal that ends the server also sets the limits above."""
    if (
        threading.current_thread() is not threading.main_thread()
    ):  # an app inside another program, as in tests, which receives signals itself
        yield
        return
    loop = asyncio.get_running_loop()
    previous = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end(number: int, frame: FrameType | None) -> None:
        handler = previous[signal.Signals(number)]
        server = getattr(handler, "__self__", None)
        if isinstance(server, uvicorn.Server):
            server.config.timeout_graceful_shutdown = CONNECTIONS_SECONDS
        if not last.is_alive():
            with suppress(RuntimeError):  # it has been started before
                last.start()
        loop.call_soon_threadsafe(lambda: loop.call_later(GRACE_SECONDS, _requests().end))
        if callable(handler):
            handler(number, frame)

    last = threading.Timer(LAST_SECONDS, _end_now)
    last.daemon = True
    for number, handler in previous.items():
        if callable(handler):
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in previous.items():
            if signal.getsignal(number) is end:
                signal.signal(number, handler)


def _end_now() -> None:
    logger.warning("The server did not end within %s s and is ended now", LAST_SECONDS)
    os._exit(1)
