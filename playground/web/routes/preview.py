"""Previews the network after edits in the browser, so that all shapes are on the screen before the page's script has run again.

`POST /network/preview` {"base": token, "edits": [operation, …]} → {"state": …} as the editor draws it, with the token for the address, and
as "path" the token after each edit; or {"state": null} if an edit cannot be applied: then the editor waits for the page's response.
Nothing is stored here; only the page changes the spec of a visit. Uploaded data of somebody else is as if it were not on this server, so
that nobody learns anything about it by its hash; a visit that may read it by a link or a run sees the rest in the page's response."""

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.export.link import from_token, to_token
from playground.network import trace
from playground.runs.database import StoreError
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError
from playground.web import edits
from playground.web.network_state import network_state
from playground.web.routes.bodies import BodyError, read_body
from playground.web.security.owner import owner_of
from playground.web.server import runs

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
    return JSONResponse({"state": await run_in_threadpool(_state, base, operations, owner_of(request))})


def _state(base: str, operations: list[Any], owner: str) -> dict[str, Any] | None:
    try:
        spec = from_token(base)
        key = _key(spec)
        if not _may_read(key, owner):
            spec = _with_key(spec, "")
        path = []
        for operation in operations:
            spec = edits.apply(spec, operation)
            path.append(to_token(_with_key(spec, key)))
    except SpecError:
        return None
    return {**network_state(spec, trace(spec)), "token": to_token(_with_key(spec, key)), "path": path}


def _may_read(key: str, owner: str) -> bool:
    try:
        return not key or runs().access.may_read(key, owner)
    except StoreError:
        return False


def _key(spec: ExperimentSpec) -> str:
    return str(getattr(spec.data, "key", ""))


def _with_key(spec: ExperimentSpec, key: str) -> ExperimentSpec:
    """The spec with the hash of its uploaded data; unchanged if it has none."""
    if not hasattr(spec.data, "key") or _key(spec) == key:
        return spec
    return spec.model_copy(update={"data": spec.data.model_copy(update={"key": key})})


routes: list[BaseRoute] = [Route(PATH, preview, methods=["POST"])]
