"""How many requests, sockets and messages one visitor may send.

What is too fast is slowed down first, which a person hardly notices, and refused if it goes on. A visitor whose cookie is older than an
hour is counted alone; others share the allowance of their room or, outside of rooms, of their address, so that nobody gets more by throwing
cookies away.

The first page of a visitor comes without a cookie, and is followed by a script that takes 40 ms. So such pages have a smaller allowance
besides: as many at once as a class needs, and then more per second than a server has time for scripts."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from cachetools import LRUCache
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.settings import settings
from playground.web.security.addresses import address_of
from playground.web.security.owner import owner_since
from playground.web.security.seats import place_of

BURST_SECONDS = 50
"""A class that opens the page at once sends within seconds what is then allowed within this time."""
FIRST_PAGES = 0.25
"""The part of all requests that pages for visitors without a cookie may be."""
FIRST_PAGES_BURST_SECONDS = 2
PATIENCE_SECONDS = 5.0
"""The longest that a request is slowed down; beyond that it is refused."""
REFUSAL_SECONDS = 1.0
"""Refusals are slow, so that a client that ignores them costs little."""
KNOWN_SECONDS = 3600.0
MESSAGES_PER_SECOND = 100
TRY_LATER = 1013
"""Close code of a socket that is refused."""

_KEPT = 10_000
_PROBED = ("healthz", "readyz", "metrics")
_TOO_MANY = (
    "Too many requests from your address. Wait a few seconds, and load the page again. The operator of this server can allow more: "
    "PLAYGROUND_REQUESTS_PER_ADDRESS.\n"
)


class Allowance:
    """Tokens that fill up at a rate, to a maximum. One that is taken too early is a debt, paid by waiting."""

    def __init__(self, per_second: float, most: float, now: float) -> None:
        self._per_second = per_second
        self._most = most
        self._tokens = most
        self._at = now

    def take(self, now: float, patience: float) -> float | None:
        """Seconds to wait before going on; None, and nothing taken, if they would be more than `patience`."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        wait = (1 - self._tokens) / self._per_second
        if wait > patience:
            return None
        self._tokens -= 1
        return max(0.0, wait)


class Rates:
    """Middleware: bounds requests, and open sockets and their messages."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._allowances: LRUCache[str, Allowance] = LRUCache(_KEPT)
        self._sockets: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        owner, since = owner_since(HTTPConnection(scope))
        place = place_of(owner, address_of(scope))
        rate = settings().requests_per_address
        known = owner and time.time() - since > KNOWN_SECONDS
        wait = self._allowance(owner if known else place, rate, BURST_SECONDS).take(self._clock(), PATIENCE_SECONDS)
        if wait is not None and not owner and _is_page(scope):
            pages = self._allowance(f"pages {place}", rate * FIRST_PAGES, FIRST_PAGES_BURST_SECONDS)
            more = pages.take(self._clock(), PATIENCE_SECONDS)
            wait = None if more is None else max(wait, more)
        if wait is None:
            await asyncio.sleep(REFUSAL_SECONDS)
            await _refuse(scope, receive, send)
            return
        if wait:
            await asyncio.sleep(wait)
        if scope["type"] == "http":
            await self._app(scope, receive, send)
        elif self._sockets[place] >= settings().connections_per_address:
            await _refuse(scope, receive, send)
        else:
            self._sockets[place] += 1
            try:
                await self._app(scope, self._slowed(receive), send)
            finally:
                self._sockets[place] -= 1
                if not self._sockets[place]:
                    del self._sockets[place]

    def _allowance(self, key: str, per_second: float, burst_seconds: float) -> Allowance:
        if key not in self._allowances:
            self._allowances[key] = Allowance(per_second, per_second * burst_seconds, self._clock())
        return self._allowances[key]

    def _slowed(self, receive: Receive) -> Receive:
        """Messages of a socket, as fast as is allowed: the client notices as it would notice a slow line."""
        allowance = Allowance(MESSAGES_PER_SECOND, MESSAGES_PER_SECOND, self._clock())

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                await asyncio.sleep(allowance.take(self._clock(), float("inf")) or 0)
            return message

        return receiving


def _is_page(scope: Scope) -> bool:
    """Whether a request is for a page, under whatever name, rather than for a file or something of Streamlit's."""
    path: str = scope["path"]
    last = path.rpartition("/")[2]
    return scope["type"] == "http" and scope["method"] != "POST" and "." not in last and last not in _PROBED and "/_stcore/" not in path


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": TRY_LATER, "reason": ""})
    else:
        await PlainTextResponse(_TOO_MANY, 429, {"retry-after": "5", "connection": "close"})(scope, receive, send)
