"""Which pages may open a WebSocket: ours, those the settings name, and nobody else's."""

import pytest
from starlette.websockets import WebSocket
from streamlit import config

from playground.web.routes.origin import origin_allowed


def allowed(origin: str | None, host: str = "lab.example:8501") -> bool:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])

    async def unused() -> None:
        raise AssertionError("the headers are enough")

    return origin_allowed(WebSocket({"type": "websocket", "headers": headers}, unused, unused))  # type: ignore[arg-type]


@pytest.mark.parametrize("origin", [None, "http://lab.example:8501", "https://lab.example:8501"])
def test_our_own_pages_and_what_is_no_page(origin: str | None) -> None:
    assert allowed(origin)


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://lab.example", "null", "http://[broken", "", "http://lab.example:8501.elsewhere.example"]
)
def test_foreign_pages(origin: str) -> None:
    assert not allowed(origin)


@pytest.mark.parametrize(
    ("name", "value"),
    [("server.enableCORS", False), ("server.corsAllowedOrigins", ["https://class.example"]), ("browser.serverAddress", "class.example")],
)
def test_what_the_settings_name(name: str, value: object) -> None:
    before = config.get_option(name)
    assert not allowed("https://class.example")
    config.set_option(name, value, "a test")
    try:
        assert allowed("https://class.example")
    finally:
        config.set_option(name, before, "<default>")
    assert not allowed("https://class.example")
