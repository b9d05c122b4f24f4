"""Measures requests, sockets and pages for `/metrics`."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from starlette.routing import BaseRoute, Match, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.measures import FRAME_BYTES, FRAMES, PAGE, REQUEST, SOCKETS


class Measured:
    """Middleware: counts and times everything that is answered, by route, without addresses.

    routes: our own; all other paths are Streamlit's or a page's. prefix: of all paths."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute], prefix: str) -> None:
        self._app = app
        self._prefix = f"/{prefix.strip('/')}".rstrip("/")
        self._routes = [route for route in routes if isinstance(route, Route | WebSocketRoute | Mount)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        since, status = time.perf_counter(), "none"

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            REQUEST.labels(self._route(scope), status).observe(time.perf_counter() - since)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(scope)
        sent, received = _Frames("websocket.send", route, "out"), _Frames("websocket.receive", route, "in")

        async def sending(message: Message) -> None:
            sent.count(message)
            await send(message)

        async def receiving() -> Message:
            message = await receive()
            received.count(message)
            return message

        with SOCKETS.labels(route).track_inprogress():
            await self._app(scope, receiving, sending)

    def _route(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is not Match.NONE:
                return route.path.removeprefix(self._prefix)
        return "streamlit" if "/_stcore/" in scope["path"] else "page"


@contextmanager
def measured_page(title: str) -> Iterator[None]:
    """Around the script of a page, with its title."""
    with PAGE.labels(title).time():
        yield


class _Frames:
    """The messages of one kind of one socket. A page is a hundred messages, so the counters are looked up once."""

    def __init__(self, kind: str, route: str, direction: str) -> None:
        self._kind = kind
        self._frames, self._bytes = FRAMES.labels(route, direction), FRAME_BYTES.labels(route, direction)

    def count(self, message: Message) -> None:
        if message["type"] == self._kind:
            self._frames.inc()
            self._bytes.inc(len(message.get("bytes") or message.get("text") or b""))
