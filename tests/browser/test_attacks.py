"""What an attacker sends to the real server: refused before Streamlit sees it, and nobody learns anything."""

import socket
import urllib.request
from contextlib import suppress
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.browser.chromium import new_context, show
from tests.browser.server import App
from tests.browser.steps import PAGES

EVIL = "https://evil.example"


def answer(app: App, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers."""
    request = urllib.request.Request(app.url + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, dict(response.headers)
    except HTTPError as error:
        return error.code, dict(error.headers)


def stream(app: App) -> str:
    return app.url.replace("http", "ws", 1) + "/_stcore/stream"


def test_a_foreign_page_opens_no_socket_and_streamlit_does_not_look_up_its_own_address(app: App) -> None:
    for _ in range(3):
        with pytest.raises(InvalidStatus) as refused:
            connect(stream(app), origin=EVIL)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403
    assert "disallowed Origin" not in app.log.read_text()  # what Streamlit says once it has looked


def test_a_foreign_page_changes_nothing(app: App) -> None:
    for path in ("/network/preview", "/_stcore/upload_file/session/file", "/_stcore/agent/interact"):
        for method in ("POST", "PUT", "DELETE"):
            assert answer(app, path, method, origin=EVIL)[0] == 403


def test_a_rebound_name_is_refused(app: App) -> None:
    assert answer(app, host="evil.example")[0] == 421
    place = urlsplit(app.url)
    line = socket.create_connection((place.hostname, place.port))
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://evil.example:{place.port}/_stcore/stream", sock=line)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/assets/js/live_chart.js", "/nowhere", "/curves/x.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(app: App, path: str) -> None:
    headers = answer(app, path)[1]
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"} <= set(policy)
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_frames_of_our_sockets_and_of_streamlits_are_bounded(app: App) -> None:
    for path, size in (("/_stcore/stream", 6_000_000), ("/generate/digits", 600_000), ("/predict/digits", 600_000)):
        with connect(app.url.replace("http", "ws", 1) + path, max_size=None) as opened:
            with suppress(ConnectionClosed):
                opened.send(b"x" * size)
            with suppress(ConnectionClosed):
                for _ in opened:  # until it is closed
                    pass
            assert opened.close_code in (1006, 1009)  # the line may break before a client that still sends reads why


def test_idle_connections_do_not_keep_others_out(app: App) -> None:
    place = urlsplit(app.url)
    idle = [socket.create_connection((place.hostname, place.port)) for _ in range(300)]
    assert answer(app)[0] == 200
    for connection in idle:
        connection.close()


def test_forwarded_addresses_of_nobodys_proxy_do_not_count(app: App) -> None:
    _, headers = answer(app, accept="text/html", **{"x-forwarded-proto": "https", "x-forwarded-for": "1.2.3.4"})
    assert "Secure" not in headers["set-cookie"]


def test_what_is_smuggled_into_a_page_is_not_run(browser: Browser, app: App) -> None:
    """Neither an inline script nor anything from elsewhere."""
    page = new_context(browser).new_page()
    show(page, app.url + PAGES["home"])
    blocked = page.evaluate("""async () => {
        const blocked = [];
        const all = new Promise((done) => document.addEventListener("securitypolicyviolation", (event) => {
            event.stopImmediatePropagation();
            blocked.push(event.effectiveDirective);
            if (blocked.length === 4) done();
        }));
        const inline = document.createElement("script");
        inline.textContent = "window.smuggled = true";
        const foreign = document.createElement("script");
        foreign.src = "https://evil.example/x.js";
        const base = document.createElement("base");
        base.href = "https://evil.example/";
        const object = document.createElement("object");
        object.data = "https://evil.example/x.swf";
        document.head.append(inline, foreign, base);
        document.body.append(object);
        await all;
        for (const element of [inline, foreign, base, object]) element.remove();
        return [...blocked, String(window.smuggled)];
    }""")
    page.context.close()
    assert sorted(blocked) == ["base-uri", "object-src", "script-src-elem", "script-src-elem", "undefined"]
