"""How many connections there may be, how long one may wait without a request, and how large the frames of a socket may be.

Uvicorn has no such limits, and Streamlit, which starts it, sets only one for frames, at 200 MB for every route. Its protocols are
therefore replaced by subclasses before the first connection. A connection without a request under way is *waiting*: it is ended after a
while, and earlier if others need its place."""

import asyncio
import ipaddress
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from playground.settings import settings
from playground.web.security.addresses import grouped

REQUEST_SECONDS = 15.0
"""For the head of a request, from the connection or its first byte on."""
FILES_KEPT_FREE = 200
"""For the database, runs and uploads: connections take the others."""
MOST_FILES = 65_536
FRAME_BYTES = {"/_stcore/stream": 5_000_000}
"""The state of a page's widgets, in which a drawing or a pasted table is the largest."""
MOST_FRAME_BYTES = 500_000
"""On our own sockets: a drawing has up to 512 × 512 bytes."""


class Connections:
    """All connections of a server. per_address: of one address; proxies are not counted. most: in all."""

    def __init__(self, per_address: int, most: int, proxies: tuple[str, ...] = ()) -> None:
        self._per_address = min(per_address, max(1, most // 2))
        self._most = most
        self._proxies = [ipaddress.ip_network(proxy) for proxy in proxies]
        self._address: dict[asyncio.Transport, str] = {}
        self._counts: Counter[str] = Counter()
        self._waiting: dict[asyncio.Transport, None] = {}

    def __len__(self) -> int:
        return len(self._address)

    def enter(self, transport: asyncio.Transport) -> bool:
        """Counts a new connection. Returns False if there is no place for it."""
        peer = transport.get_extra_info("peername")
        address = grouped(str(peer[0])) if peer else ""
        if self._counts[address] >= self._per_address and not self._is_proxy(address) and not self._end_one_that_waits(address):
            return False
        if len(self._address) >= self._most and not self._end_one_that_waits():
            return False
        self._address[transport] = address
        self._counts[address] += 1
        self._waiting[transport] = None
        return True

    def leave(self, transport: asyncio.Transport) -> None:
        """A connection has ended, or is as good as ended."""
        self._waiting.pop(transport, None)
        address = self._address.pop(transport, None)
        if address is not None:
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]

    def mark(self, transport: asyncio.Transport, waiting: bool) -> None:
        """Whether a connection is waiting for a request."""
        if not waiting:
            self._waiting.pop(transport, None)
        elif transport in self._address:
            self._waiting.setdefault(transport)

    def _end_one_that_waits(self, address: str | None = None) -> bool:
        for transport in self._waiting:
            if address is None or self._address[transport] == address:
                self.leave(transport)
                transport.abort()
                return True
        return False

    def _is_proxy(self, address: str) -> bool:
        with suppress(ValueError):
            parsed = ipaddress.ip_network(address)
            return any(parsed.version == proxy.version and parsed.subnet_of(proxy) for proxy in self._proxies)  # type: ignore[arg-type]
        return False


def apply_connection_limits() -> None:
    """Sets the limits of the server that runs this app, if Streamlit started it. In the lifespan, before the first connection."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, uvicorn.Server):
        return
    limits, config = settings(), server.config
    connections = Connections(limits.connections_per_address, open_files() - FILES_KEPT_FREE, limits.proxies)
    config.http_protocol_class = bounded_requests(config.http_protocol_class, connections)
    if config.ws_protocol_class is not None:
        config.ws_protocol_class = bounded_frames(config.ws_protocol_class, connections)
    app = config.loaded_app
    if isinstance(app, ProxyHeadersMiddleware):  # by default it believes whoever is on this machine
        config.loaded_app = ProxyHeadersMiddleware(app.app, trusted_hosts=list(limits.proxies))


def open_files() -> int:
    """How many files this process may have open; `check_start` has raised it to what the system allows."""
    try:
        import resource
    except ImportError:  # Windows
        return 8192
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)


def bounded_requests(protocol: type[Any], connections: Connections, seconds: float = REQUEST_SECONDS) -> type[Any]:
    """Uvicorn's protocol for HTTP, with the limits of `connections`, and a time limit for the head of a request."""

    class Bounded(protocol):  # type: ignore[misc]
        _ending: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            if connections.enter(transport):
                self._wait()
            else:
                transport.abort()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            upgraded = self.transport.get_protocol() is not self
            if upgraded or (self.cycle is not None and not self.cycle.response_complete):
                connections.mark(self.transport, waiting=False)
                self._wait_no_longer()
            elif self._ending is None:
                self._wait()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            connections.mark(self.transport, waiting=True)

        def connection_lost(self, error: Exception | None) -> None:
            self._wait_no_longer()
            connections.leave(self.transport)
            super().connection_lost(error)

        def _wait(self) -> None:
            self._ending = self.loop.call_later(seconds, self.transport.abort)

        def _wait_no_longer(self) -> None:
            if self._ending is not None:
                self._ending.cancel()
                self._ending = None

    return Bounded


def bounded_frames(protocol: type[Any], connections: Connections) -> type[Any]:
    """Uvicorn's protocol for WebSockets, with the largest frame of each route."""

    class Bounded(protocol):  # type: ignore[misc]
        def handle_connect(self, event: Any) -> None:
            path = event.path.partition("?")[0]
            self.conn.max_message_size = next((most for end, most in FRAME_BYTES.items() if path.endswith(end)), MOST_FRAME_BYTES)
            super().handle_connect(event)

        def connection_lost(self, error: Exception | None) -> None:
            connections.leave(self.transport)
            super().connection_lost(error)

    return Bounded
