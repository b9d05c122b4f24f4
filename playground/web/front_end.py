"""The page around every script and the files of Streamlit's front end, answered without a thread.

Starlette hands a file over to threads and back up to six times, and each time waits until the scripts of others let go of the interpreter.
A first visit is a page and about 170 files, and many requests for pages would make everybody wait."""

import gzip
from mimetypes import guess_type
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import STATIC_ASSET_CACHE_MAX_AGE_SECONDS

FOLDER = Path(streamlit.__file__).with_name("static")
PAGES = Path(__file__).resolve().parents[2] / "pages"

_PART_BYTES = 128 * 1024
"""Of a file, read and sent at once: others wait for less than a millisecond."""
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""Some systems map these to other types, and browsers then refuse them."""


class FrontEnd:
    """Middleware. What it does not know (other paths and methods, parts of a file) is left to Streamlit. prefix: of all paths."""

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self._app = app
        root = f"/{prefix.strip('/')}".rstrip("/")
        files = (path for path in (FOLDER / "static").rglob("*") if path.is_file())
        self._files = {f"{root}/{path.relative_to(FOLDER).as_posix()}": path for path in files}
        self._pages = {f"{root}/", *(f"{root}/{page.stem}" for page in PAGES.glob("*.py"))}
        self._html = (FOLDER / "index.html").read_bytes()
        self._packed = gzip.compress(self._html)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        if path in self._pages:
            await self._page("gzip" in Headers(scope=scope).get("accept-encoding", ""))(scope, receive, send)
        elif path in self._files and "range" not in Headers(scope=scope):
            await _send_file(self._files[path], send)
        else:
            await self._app(scope, receive, send)

    def _page(self, packed: bool) -> Response:
        encoding = {"content-encoding": "gzip"} if packed else {}
        return Response(
            self._packed if packed else self._html,
            media_type="text/html",
            headers={"cache-control": "no-cache", "vary": "accept-encoding", **encoding},
        )


async def _send_file(path: Path, send: Send) -> None:
    """Browsers keep these files: what changes has another name."""
    headers = Headers(
        {
            "content-length": str(path.stat().st_size),
            "content-type": _MEDIA_TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream",
            "cache-control": f"public, immutable, max-age={STATIC_ASSET_CACHE_MAX_AGE_SECONDS}",
        }
    )
    with path.open("rb") as file:
        await send({"type": "http.response.start", "status": 200, "headers": headers.raw})
        while part := file.read(_PART_BYTES):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
