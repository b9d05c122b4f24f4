"""The catalog of layers for the network editor, which imports it as a module: once per page, rather than with every script."""

import gzip
import hashlib
import json
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from playground.web.components.network import catalog

PATH = "/network/catalog.js"


def layers(request: Request) -> Response:
    """An ES module whose default export is the catalog. Browsers keep it but ask each time whether it has changed."""
    plain, packed, tag = _module()
    headers = {"cache-control": "no-cache", "etag": tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, media_type="text/javascript", headers=headers)
    return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})


@cache
def _module() -> tuple[bytes, bytes, str]:
    """The module, the same compressed, and its tag."""
    plain = f"export default {json.dumps(catalog(), separators=(',', ':'))};\n".encode()
    return plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"'


routes: list[BaseRoute] = [Route(PATH, layers)]
