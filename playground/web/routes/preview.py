"""Previews the network after edits in the browser, so that all shapes are on the screen before the page's script has run again.

`POST /network/preview` {"base": token, "edits": [operation, …]} → {"state": …} as the editor draws it, with the token for the address, and
as "path" the token after each edit; or {"state": null} if an edit cannot be applied: then the editor waits for the page's response.
Nothing is stored here; only the page changes the spec of a visit."""

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.export.link import from_token, to_token
from playground.network import trace
from playground.spec import MAX_SPEC_BYTES, SpecError
from playground.web import edits
from playground.web.network_state import network_state
from playground.web.routes.bodies import BodyError, read_body

PATH = "/network/preview"
MAX_EDITS = 50


async def preview(request: Request) -> Response:
    """Responds with 413 or 408 to bodies that are too long or too slow, and 400 to other invalid requests."""
    try:
        body = json.loads(await read_body(request, MAX_SPEC_BYTES))
        base, operations = body["base"], body["edits"]
    except BodyError as error:
        return JSONResponse({"error": str(error)}, error.status)
    except (ValueError, RecursionError, TypeError, KeyError):
        return JSONResponse({"error": "needs base and edits"}, 400)
    if not isinstance(base, str) or not isinstance(operations, list) or len(operations) > MAX_EDITS:
        return JSONResponse({"error": "needs base and edits"}, 400)
    return JSONResponse({"state": await run_in_threadpool(_state, base, operations)})


def _state(base: str, operations: list[Any]) -> dict[str, Any] | None:
    try:
        spec = from_token(base)
        path = []
        for operation in operations:
            spec = edits.apply(spec, operation)
            path.append(to_token(spec))
    except SpecError:
        return None
    return {**network_state(spec, trace(spec)), "token": to_token(spec), "path": path}


routes: list[BaseRoute] = [Route(PATH, preview, methods=["POST"])]
