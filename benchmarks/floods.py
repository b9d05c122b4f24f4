"""What an attacker sends to a real server, and how long another visitor waits meanwhile: foreign origins, unfinished frames, idle
connections beyond the limit of open files, and requests as fast as they are answered."""

import hashlib
import os
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from itsdangerous import TimestampSigner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.figures import Figure, percentile, report
from playground.web.security.owner import cookie_name
from tests.browser.server import App, running_app

FILES = 1_024
IDLE = 1_100
FLOOD_SECONDS = 12.0
FLOODING = 50
"""Connections of the client that floods the server."""
KEY = "k" * 32
HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: streamlit\r\n\r\n"
)


def place(app: App) -> tuple[str, int]:
    parts = urlsplit(app.url)
    return str(parts.hostname), int(parts.port or 80)


def page_seconds(app: App, cookie: str = "") -> float:
    """Until a page is answered."""
    request = urllib.request.Request(app.url, headers={"accept": "text/html", "cookie": cookie})
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()
    return time.perf_counter() - started


def foreign_origins(app: App) -> float:
    """The longest wait of another visitor, in seconds."""

    def refused() -> None:
        with suppress(InvalidStatus):
            connect(f"ws://{urlsplit(app.url).netloc}/_stcore/stream", origin="https://evil.example")  # type: ignore[arg-type]

    waits = []
    for _ in range(5):
        attack = threading.Thread(target=refused)
        attack.start()
        waits.append(page_seconds(app))
        attack.join()
    return max(waits)


def unfinished_frames(app: App) -> float:
    """Growth of the server's memory in MB by eight sockets, each of which begins a frame of 190 MB and sends 60 MB of it."""
    server = psutil.Process(app.process_id)
    before = server.memory_info().rss
    sockets = [socket.create_connection(place(app)) for _ in range(8)]
    for opened in sockets:
        opened.sendall(HANDSHAKE.format(urlsplit(app.url).netloc).encode())
        opened.recv(1000)
        with suppress(OSError):  # the server has closed the line
            opened.sendall(bytes([0x82, 0xFF]) + (190_000_000).to_bytes(8, "big") + bytes(4))
            for _ in range(600):
                opened.sendall(bytes(100_000))
    time.sleep(1)
    grown = (server.memory_info().rss - before) / 1e6
    for opened in sockets:
        opened.close()
    return grown


def idle_connections(app: App) -> float:
    """Seconds until a new visitor has a page."""
    host, port = place(app)
    command = [sys.executable, "-m", "benchmarks.floods", host, str(port), str(IDLE // 2)]  # each with its own limit of open files
    idle = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for client in idle:
        assert client.stdout is not None
        client.stdout.readline()
    waited = page_seconds(app)
    for client in idle:
        client.communicate()
    time.sleep(1)
    return waited


def idle(host: str, port: int, count: int) -> None:
    """Keeps connections open until its input ends."""
    connections = [socket.create_connection((host, port)) for _ in range(count)]
    print(len(connections), flush=True)
    sys.stdin.read()


def flooded(app: App) -> tuple[int, list[float]]:
    """Answers to the client that floods the server, and the seconds that a known visitor waits for pages meanwhile."""
    signer = TimestampSigner(KEY, salt="playground owner", digest_method=hashlib.sha256)
    signer.get_timestamp = lambda: int(time.time()) - 2 * 3600  # type: ignore[method-assign]
    cookie = f"{cookie_name(KEY)}={signer.sign('a' + 'x' * 22).decode()}"
    host, port = place(app)
    flood = subprocess.Popen([sys.executable, "-m", "benchmarks.floods", host, str(port)], stdout=subprocess.PIPE, text=True)
    waits = []
    while flood.poll() is None:
        waits.append(page_seconds(app, cookie))
        time.sleep(0.2)
    assert flood.stdout is not None
    return int(flood.stdout.read()), waits


def flood(host: str, port: int) -> int:
    """Sends requests as fast as they are answered, for a while. Returns their number."""
    selector, answers, request = selectors.DefaultSelector(), 0, f"GET /_stcore/health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()

    def begin() -> None:
        with suppress(OSError):
            connection = socket.create_connection((host, port))
            selector.register(connection, selectors.EVENT_READ)
            connection.send(request)

    for _ in range(FLOODING):
        begin()
    deadline = time.monotonic() + FLOOD_SECONDS
    while time.monotonic() < deadline:
        for key, _ in selector.select(0.1):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            received = b""
            with suppress(OSError):
                received = connection.recv(65_536)
            if received:
                answers += received.startswith(b"HTTP/")
                with suppress(OSError):
                    connection.send(request)
            else:
                selector.unregister(connection)
                connection.close()
                begin()
    return answers


def main() -> None:
    os.environ["PLAYGROUND_SECRET"] = KEY
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))  # of the server, which inherits it
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        time.sleep(8)  # the warm-up
        origins, frames, idle = foreign_origins(app), unfinished_frames(app), idle_connections(app)
        answers, waits = flooded(app)
    print(f"{answers:,} requests of the flood were answered in {FLOOD_SECONDS:g} s")
    report(
        [
            Figure("foreign origins: wait of another visitor", origins, "s", 0.3, "lower"),
            Figure("8 unfinished frames: memory", frames, "MB", 100, "lower"),
            Figure(f"{IDLE:,} idle connections at {FILES:,} files: wait of a new visitor", idle, "s", 3, "lower"),
            Figure("flood from one address: wait of a known visitor, 95th percentile", percentile(waits, 0.95), "s", 1, "lower"),
        ]
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case [host, port]:
            print(flood(host, int(port)))
        case [host, port, count]:
            idle(host, int(port), int(count))
        case _:
            main()
