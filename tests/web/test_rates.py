"""Requests, sockets and messages of one visitor are bounded; others do not notice."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Scope

from playground.web.security import rates, signing
from playground.web.security.addresses import grouped
from playground.web.security.owner import cookie_name
from playground.web.security.rates import BURST_SECONDS, PATIENCE_SECONDS, Allowance, Rates
from playground.web.security.seats import has_left, sits_in

KEY = "k" * 32
PER_SECOND = 10
BURST = PER_SECOND * BURST_SECONDS


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(rates.asyncio, "sleep", clock.sleep)
    monkeypatch.setenv("PLAYGROUND_REQUESTS_PER_ADDRESS", str(PER_SECOND))
    monkeypatch.setenv("PLAYGROUND_CONNECTIONS_PER_ADDRESS", "3")
    monkeypatch.setenv("PLAYGROUND_SECRET", KEY)
    return clock


def behind_rates(time: Time) -> Rates:
    async def page(request: Request) -> Response:
        return PlainTextResponse("ok")

    return Rates(Starlette(routes=[Route("/{path:path}", page)]), time)


def known_for(seconds: float, owner: str = "a" + "x" * 22) -> bytes:
    """A cookie signed that long ago."""
    import time as clock

    signer = signing._signer("owner", KEY)
    original, signer.get_timestamp = signer.get_timestamp, lambda: int(clock.time() - seconds)  # type: ignore[method-assign]
    try:
        return f"{cookie_name(KEY)}={signer.sign(owner).decode()}".encode()
    finally:
        signer.get_timestamp = original  # type: ignore[method-assign]


def status(app: Rates, address: str = "10.0.0.1", cookie: bytes = b"", path: str = "/icon.svg") -> int:
    """Of a request, for a file or a page."""
    sent: list[Message] = []
    scope: Scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "client": (address, 1),
        "headers": [(b"cookie", cookie)] if cookie else [],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"])


def flood(app: Rates, address: str = "10.0.0.1", cookie: bytes = b"", most: int = 10_000) -> int:
    """How many requests are answered before the first refusal."""
    for answered in range(most):
        if status(app, address, cookie) == 429:
            return answered
    return most


def test_a_class_behind_one_address_is_served_at_once(time: Time) -> None:
    app, began = behind_rates(time), time.now
    assert {status(app) for _ in range(BURST)} == {200}
    assert time.now == began


def test_pages_without_a_cookie_are_spread_over_time_beyond_those_of_a_class(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default 100 at once, and 50 per second. Files, visitors with a cookie, other addresses and probes are not kept waiting."""
    monkeypatch.setenv("PLAYGROUND_REQUESTS_PER_ADDRESS", "200")
    app, began = behind_rates(time), time.now
    assert {status(app, path="/playground") for _ in range(100)} == {200}
    assert time.now == began
    for path in ("/playground", "/", "/nowhere", "/lab/draw") * 225:  # the client waits for each
        assert status(app, path=path) == 200
    assert time.now - began == pytest.approx(900 / 50, abs=0.1)
    before = time.now
    for path in ("/static/js/index.js", "/healthz", "/lab/readyz", "/_stcore/host-config"):
        assert status(app, path=path) == 200
    assert status(app, cookie=known_for(0), path="/playground") == status(app, "10.0.0.2", path="/playground") == 200
    assert time.now == before


def test_pages_without_a_cookie_are_refused_if_too_many_wait(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_REQUESTS_PER_ADDRESS", "200")
    app = behind_rates(time)

    async def side_by_side(seconds: float) -> None:
        """Many requests wait at the same time."""

    monkeypatch.setattr(rates.asyncio, "sleep", side_by_side)
    statuses = [status(app, path="/playground") for _ in range(400)]
    assert statuses == [200] * (100 + 50 * int(PATIENCE_SECONDS)) + [429] * 50
    assert status(app, cookie=known_for(0), path="/playground") == 200


def test_what_is_too_fast_is_slowed_down_then_refused_slowly_and_later_served_again(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    app = behind_rates(time)
    waits: list[float] = []

    async def noted(seconds: float) -> None:
        waits.append(seconds)  # many requests wait side by side: time stands still

    monkeypatch.setattr(rates.asyncio, "sleep", noted)
    assert flood(app) == BURST + PER_SECOND * PATIENCE_SECONDS
    assert waits[-1] == rates.REFUSAL_SECONDS
    assert max(waits) <= PATIENCE_SECONDS
    assert status(app, "10.0.0.2") == 200
    time.now += BURST_SECONDS
    assert status(app) == 200


def test_a_room_counts_like_an_address_of_its_own(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    app, students = behind_rates(time), [f"a{number:022}" for number in range(60)]
    cookies = [known_for(0, owner) for owner in students]

    async def instantly(seconds: float) -> None:
        pass

    monkeypatch.setattr(rates.asyncio, "sleep", instantly)
    for owner in students:
        sits_in(owner, "CDF347")
    try:
        flood(app)
        assert status(app) == 429
        assert {status(app, cookie=cookies[number % 60]) for number in range(BURST)} == {200}
        flood(app, cookie=cookies[0])
        assert status(app, cookie=cookies[1]) == 429  # the seats of a room share one allowance
        assert status(app, "10.0.0.9", cookies[1]) == 429
        has_left(students[0])
        assert status(app, "10.0.0.9", cookies[0]) == 200
    finally:
        for owner in students:
            has_left(owner)


def test_throwing_cookies_away_gives_no_second_allowance(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    app = behind_rates(time)

    async def instantly(seconds: float) -> None:
        pass

    monkeypatch.setattr(rates.asyncio, "sleep", instantly)
    flood(app)
    assert status(app, cookie=known_for(60)) == 429
    assert status(app, cookie=b"playground_owner_x=forged") == 429
    assert status(app, cookie=known_for(7200)) == 200
    flood(app, cookie=known_for(7200))
    assert status(app, "10.0.0.3", known_for(7200)) == 429
    assert status(app, "10.0.0.3", known_for(7200, "a" + "y" * 22)) == 200


def test_open_sockets_of_an_address_are_bounded(time: Time) -> None:
    async def test() -> list[str]:
        end = asyncio.Event()

        async def held(scope: Scope, receive: object, send: object) -> None:
            await end.wait()

        app = Rates(held, time)  # type: ignore[arg-type]
        closed: list[str] = []

        async def open_socket(address: str) -> None:
            async def send(message: Message) -> None:
                closed.append(f"{address} {message['code']}")

            async def receive() -> Message:
                return {"type": "websocket.connect"}

            await app({"type": "websocket", "path": "/", "client": (address, 1), "headers": []}, receive, send)

        sockets = [asyncio.create_task(open_socket(address)) for address in ["10.0.0.1"] * 4 + ["10.0.0.2"]]
        while not closed:
            await asyncio.tasks.sleep(0)
        end.set()
        await asyncio.gather(*sockets)
        await open_socket("10.0.0.1")
        return closed

    assert asyncio.run(test()) == ["10.0.0.1 1013"]


def test_a_socket_that_sends_too_fast_is_read_more_slowly(time: Time) -> None:
    sent = 10 * rates.MESSAGES_PER_SECOND
    seen: list[float] = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        while (await receive())["type"] == "websocket.receive":  # type: ignore[operator]
            seen.append(time.now)

    messages = iter([{"type": "websocket.receive", "text": ""}] * sent + [{"type": "websocket.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(Rates(app, time)({"type": "websocket", "path": "/", "client": ("10.0.0.1", 1), "headers": []}, receive, send))  # type: ignore[arg-type]
    assert len(seen) == sent
    assert seen[rates.MESSAGES_PER_SECOND - 1] == seen[0] == 1000
    assert seen[-1] == pytest.approx(1009, abs=0.1)


def test_an_allowance_fills_up_to_its_maximum() -> None:
    allowance = Allowance(2, 4, 0)
    assert [allowance.take(0, 1) for _ in range(7)] == [0, 0, 0, 0, 0.5, 1.0, None]
    assert [allowance.take(100, 0) for _ in range(5)] == [0, 0, 0, 0, None]


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("10.0.0.1", "10.0.0.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_addresses_of_one_home_count_together(address: str, group: str) -> None:
    assert grouped(address) == group
