"""SIGTERM ends a real server within ten seconds, whatever its clients do at that moment."""

import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser
from websockets.sync.client import connect

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web.routes import bodies
from tests.browser.chromium import new_context
from tests.browser.server import App, running_app
from tests.browser.steps import experiment, train

ENDED_SECONDS = 10
FIRST_PAGE_MS = 90_000
"""Of a server that has just started, on a busy machine."""


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[App]:
    with running_app(tmp_path / "playground") as running:
        yield running


def half_open(app: App, method: str, path: str) -> socket.socket:
    """A connection on which a request has begun and never ends."""
    address = urlsplit(app.url)
    connection = socket.create_connection((address.hostname, address.port))
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n"
    )
    connection.sendall(f"{head}\r\n{{".encode())
    return connection


def slow_reader(app: App) -> socket.socket:
    """One that asks for 100 large files and reads none."""
    address = urlsplit(app.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((address.hostname, address.port))
    connection.sendall(f"GET /assets/js/network.js HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode() * 100)
    return connection


def end(app: App) -> float:
    """Seconds that the server takes to end."""
    process = psutil.Process(app.process_id)
    started = time.monotonic()
    os.kill(app.process_id, signal.SIGTERM)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() - started < ENDED_SECONDS, "the server goes on"
        time.sleep(0.05)
    return time.monotonic() - started


def test_no_client_keeps_the_server_and_none_is_a_traceback(own_app: App, browser: Browser) -> None:
    half_open(own_app, "POST", "/network/preview").close()
    half_open(own_app, "PUT", "/_stcore/upload_file/a/b").close()
    with ExitStack() as clients:
        late = clients.enter_context(half_open(own_app, "POST", "/network/preview"))
        page = new_context(browser).new_page()
        clients.callback(page.context.close)
        page.goto(f"{own_app.url}/playground?spec={to_token(experiment('small_cnn', epochs=1000))}")
        page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning'] .pg-editor .pg-card", timeout=FIRST_PAGE_MS)
        late.settimeout(2 * bodies.READ_SECONDS)
        assert late.recv(1000).split(b"\r\n")[0].endswith(b"408 Request Timeout")
        question = json.dumps({"base": to_token(PRESETS["lenet5"].spec), "edits": []}).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{own_app.url}/network/preview", question, method="POST"), timeout=20
        ) as answer:
            assert answer.status == 200

        train(page)
        (nursery,) = psutil.Process(own_app.process_id).children()
        (worker,) = nursery.children()
        clients.enter_context(half_open(own_app, "POST", "/network/preview"))
        clients.enter_context(half_open(own_app, "PUT", "/_stcore/upload_file/a/b"))
        clients.enter_context(slow_reader(own_app))
        for path in ("/_stcore/stream", "/predict/digits"):
            clients.enter_context(connect(f"{own_app.url.replace('http', 'ws')}{path}"))
        time.sleep(0.5)
        assert end(own_app) < ENDED_SECONDS
        assert not worker.is_running()
    assert "Traceback" not in own_app.log.read_text()
