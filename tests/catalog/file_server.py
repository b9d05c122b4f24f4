"""A server of files on this computer that can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Files:
    """What the server has, and how it behaves. asked: path and Range of every request so far.

    ranges: whether it can send a part. cut_after: bytes after which it drops the connection, as long as `cuts` lasts.
    hold_after: bytes after which it sends nothing, or `crawl` bytes a second, until `release`. status: of every answer, instead of a
    file. says_length: whether it names the size of what it sends."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    ranges: bool = True
    cut_after: int | None = None
    cuts: int = 10**6
    hold_after: int | None = None
    crawl: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    says_length: bool = True

    def put(self, kind: str, contents: dict[str, bytes]) -> None:
        self.files.update({f"/{kind}/{name}": content for name, content in contents.items()})


@contextmanager
def serving(files: Files | None = None) -> Iterator[Files]:
    """The server, for as long as the block lasts."""
    held = files or Files()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, held)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield held
    finally:
        held.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def answer(request: BaseHTTPRequestHandler, files: Files) -> None:
    wanted = request.headers.get("Range")
    files.asked.append((request.path, wanted))
    content = files.files.get(request.path)
    if files.status is not None or content is None:
        request.send_error(files.status or 404)
        return
    start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and files.ranges else 0
    if start >= len(content):
        request.send_error(416)
        return
    rest = content[start:]
    request.send_response(206 if wanted and files.ranges else 200)
    if wanted and files.ranges:
        request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    if files.says_length:
        request.send_header("Content-Length", str(len(rest)))
    request.end_headers()
    send(request, rest, files)
    request.close_connection = True


def send(request: BaseHTTPRequestHandler, rest: bytes, files: Files) -> None:
    try:
        if files.hold_after is not None and len(rest) > files.hold_after:
            request.wfile.write(rest[: files.hold_after])
            rest = hold(request, rest[files.hold_after :], files)
        if files.cut_after is not None and files.cuts > 0 and len(rest) > files.cut_after:
            files.cuts -= 1
            rest = rest[: files.cut_after]
        request.wfile.write(rest)
    except OSError:  # whoever asked has gone
        request.close_connection = True


def hold(request: BaseHTTPRequestHandler, rest: bytes, files: Files) -> bytes:
    """What is left to send when it may go on."""
    while not files.release.wait(1 if files.crawl else 60) and files.crawl:
        request.wfile.write(rest[: files.crawl])
        rest = rest[files.crawl :]
    return rest
