"""`/curves/{address}.json` and `.csv`: the curves of a run, to anyone who has one of its addresses."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from playground.runs import RunNotFound
from playground.runs.curves import as_csv
from playground.runs.timeline import Timeline
from playground.web.server import runs


async def evaluations(request: Request) -> Response:
    """The columns of all evaluations, as in the messages of `/live`."""
    try:
        series = (await _timeline(request)).delta(None)[0]["series"]["evaluated"]
    except RunNotFound as error:
        return PlainTextResponse(str(error), 404)
    return Response(json.dumps(series, allow_nan=False, separators=(",", ":")), media_type="application/json")


async def table(request: Request) -> Response:
    """The evaluations and the losses of batches, as a file, which the link names."""
    try:
        text = as_csv(await _timeline(request))
    except RunNotFound as error:
        return PlainTextResponse(str(error), 404)
    return Response(text, media_type="text/csv", headers={"content-disposition": "attachment"})


async def _timeline(request: Request) -> Timeline:
    """Raises: RunNotFound."""

    def read() -> Timeline:
        return runs().timeline(runs().resolve(request.path_params["address"]).run_id)

    return await asyncio.to_thread(read)


routes: list[BaseRoute] = [Route("/curves/{address}.json", evaluations), Route("/curves/{address}.csv", table)]
