"""Requests are bounded in size and time, whatever they announce."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from playground.web.security.bodies import AROUND_A_FILE, MOST_BYTES, BoundedBodies


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how many bytes it has read."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def answer(parts: Iterable[int], headers: dict[str, str] | None = None, path: str = "/x", stalled: bool = False) -> tuple[int, str]:
    """Status and text. parts: sizes of the parts of the body."""
    sizes = list(parts)
    messages = iter([{"type": "http.request", "body": b"x" * size, "more_body": True} for size in sizes])
    sent: list[Message] = []

    async def receive() -> Message:
        message = next(messages, None)
        if message is None and stalled:
            await asyncio.Event().wait()
        return message or {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    bounded = BoundedBodies(app, stalled_seconds=0.01)
    asyncio.run(bounded({"type": "http", "method": "POST", "path": path, "headers": raw}, receive, send))
    return int(sent[0]["status"]), sent[1]["body"].decode()


def test_a_body_within_the_limit_passes() -> None:
    assert answer([MOST_BYTES // 2] * 2) == (200, str(MOST_BYTES))


@pytest.mark.parametrize("headers", [{}, {"content-length": "5"}, {"content-length": "-1"}, {"content-length": "many"}])
def test_a_body_that_is_too_long_is_refused_whatever_it_announces(headers: dict[str, str]) -> None:
    assert answer([MOST_BYTES, 1], headers)[0] == 413


def test_a_long_body_that_says_so_is_not_read() -> None:
    assert answer([], {"content-length": str(MOST_BYTES + 1)}) == (413, f"At most {MOST_BYTES:,} bytes.\n")


def test_uploads_may_be_as_large_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_BYTES", "3000000")
    most = 3_000_000 + AROUND_A_FILE
    path = "/class/_stcore/upload_file/session/file"
    assert answer([most], path=path) == (200, str(most))
    assert answer([most, 1], path=path)[0] == 413


def test_a_body_that_stalls_ends_like_a_client_that_leaves() -> None:
    with pytest.raises(ClientDisconnect):
        answer([10], stalled=True)
