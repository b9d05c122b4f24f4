"""Connections: bounded in number, ended when no request comes, with frames as large as their route needs. Against a real Uvicorn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from playground.web.security import connections as limits
from playground.web.security.connections import Connections, bounded_frames, bounded_requests

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers requests with "ok", and messages of a socket with their size."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(message.get("bytes") or message["text"]))})


@asynccontextmanager
async def serving(connections: Connections, seconds: float = 60) -> AsyncIterator[int]:
    """A server in this event loop; yields its port."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_level="error", ws="websockets-sansio", ws_max_size=200_000_000)
    config.load()
    config.http_protocol_class = bounded_requests(config.http_protocol_class, connections, seconds)
    assert config.ws_protocol_class is not None
    config.ws_protocol_class = bounded_frames(config.ws_protocol_class, connections)
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(in_time())


async def opened(port: int) -> tuple[Reader, Writer]:
    return await asyncio.open_connection("127.0.0.1", port)


async def is_answered(connection: tuple[Reader, Writer]) -> bool:
    reader, writer = connection
    try:
        writer.write(b"GET / HTTP/1.1\r\nhost: lab.example\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        return head.startswith(b"HTTP/1.1 200") and await reader.readexactly(2) == b"ok"
    except (OSError, asyncio.IncompleteReadError):
        return False


async def is_ended(connection: tuple[Reader, Writer]) -> bool:
    try:
        return await connection[0].read() == b""
    except ConnectionResetError:
        return True


def test_idle_connections_do_not_lock_others_out() -> None:
    async def test() -> None:
        connections = Connections(per_address=100, most=8)
        async with serving(connections) as port:
            idle = [await opened(port) for _ in range(20)]
            newest = await opened(port)
            assert await is_answered(newest)
            assert len(connections) <= 8
            assert await is_ended(idle[0])

    run(test)


def test_a_connection_whose_request_never_ends_is_ended() -> None:
    async def test() -> None:
        connections = Connections(100, 100)
        async with serving(connections, seconds=0.2) as port:
            silent, slow, second = await opened(port), await opened(port), await opened(port)
            slow[1].write(b"GET / HTTP/1.1\r\nhost: lab")
            assert await is_answered(second)
            second[1].write(b"GET / HT")
            for connection in (silent, slow, second):
                assert await is_ended(connection)
        assert len(connections) == 0

    run(test)


def test_sockets_keep_their_places_and_requests_reuse_connections() -> None:
    async def test() -> None:
        connections = Connections(per_address=3, most=100)
        async with serving(connections, seconds=0.2) as port, connect(f"ws://127.0.0.1:{port}/live/x") as socket:
            kept = await opened(port)
            for _ in range(3):
                assert await is_answered(kept)
            for _ in range(5):
                assert await is_answered(await opened(port))
            assert len(connections) <= 3
            await socket.send("hello")
            assert await socket.recv() == "5"
        assert len(connections) == 0

    run(test)


def test_no_place_is_taken_from_those_who_use_it() -> None:
    async def test() -> None:
        async with serving(Connections(per_address=2, most=100)) as port:
            sockets = [await connect(f"ws://127.0.0.1:{port}/live/x") for _ in range(2)]
            assert not await is_answered(await opened(port))
            await sockets[0].close()
            assert await is_answered(await opened(port))
            await sockets[1].send("hello")
            assert await sockets[1].recv() == "5"
            await sockets[1].close()

    run(test)


@pytest.mark.parametrize(("path", "most"), [("/live/x", limits.MOST_FRAME_BYTES), ("/class/_stcore/stream", 5_000_000)])
@pytest.mark.parametrize("parts", [1, 4])
def test_frames_are_as_large_as_their_route_needs(path: str, most: int, parts: int) -> None:
    def pieces(size: int) -> list[bytes]:
        return [b"x" * (size // parts)] * parts

    async def test() -> None:
        async with serving(Connections(100, 100)) as port:
            async with connect(f"ws://127.0.0.1:{port}{path}?a=/_stcore/stream") as socket:
                await socket.send(pieces(most - 100))
                assert await socket.recv() == str(most - 100)
                await socket.send(pieces(most + 100))
                with pytest.raises(ConnectionClosed) as closed:
                    await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009

    run(test)


def test_a_proxy_is_not_counted() -> None:
    async def test() -> None:
        async with serving(Connections(per_address=1, most=100, proxies=("127.0.0.0/8",))) as port:
            sockets = [await connect(f"ws://127.0.0.1:{port}/live/x") for _ in range(4)]
            for socket in sockets:
                await socket.close()

    run(test)
