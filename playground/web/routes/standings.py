"""`/standings.json?run=…&run=…`: how far runs have come, to anyone who has their addresses. For lists of runs, whose rows move without a
socket for each and without their views being computed."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from playground.runs import RunNotFound
from playground.runs.database import StoreError
from playground.web.server import runs

MOST = 50


async def standings(request: Request) -> Response:
    """{address: as `Standing`}, without those of which there is no run. At most `MOST` are answered."""
    addresses = request.query_params.getlist("run")[:MOST]
    try:
        found = await asyncio.to_thread(_read, addresses)
    except StoreError:
        return PlainTextResponse("Runs cannot be read at the moment.", 503)
    return Response(json.dumps(found, allow_nan=False, separators=(",", ":")), media_type="application/json")


def _read(addresses: list[str]) -> dict[str, Any]:
    found = {}
    for address in addresses:
        try:
            found[address] = asdict(runs().standing(runs().resolve(address).run_id))
        except RunNotFound:
            continue
    return found


routes: list[BaseRoute] = [Route("/standings.json", standings)]
