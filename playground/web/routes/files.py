"""The files that components load: our own modules and style sheets, and Plotly."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from playground.web import plotly_script

ASSETS = Path(__file__).resolve().parents[3] / "assets"

_MEDIA_TYPES: Mapping[str, str] = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Revalidated(StaticFiles):
    """A folder of files that a browser caches but revalidates each time by ETag: 304 if nothing changed."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        media_type = _MEDIA_TYPES.get(Path(full_path).suffix)
        if media_type and "content-type" in response.headers:
            # Some systems map .js to another type, and browsers then refuse the module.
            response.headers["content-type"] = media_type
        response.headers["cache-control"] = "no-cache"
        return response


async def plotly(request: Request) -> Response:
    """plotly.min.js, compressed if the browser accepts it, and cached by the browser forever."""
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(plotly_script.FILE, media_type="text/javascript", headers=headers)
    packed = await asyncio.to_thread(plotly_script.packed)
    return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})


routes: list[BaseRoute] = [
    Route(plotly_script.PATH, plotly),
    Mount("/assets/js", Revalidated(directory=ASSETS / "js")),
    Mount("/assets/css", Revalidated(directory=ASSETS / "css")),
]
