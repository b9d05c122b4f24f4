"""What an operator's tools ask: `/healthz` whether the server answers at all, `/readyz` whether it can serve (200, or 503 with the names of
what fails), and `/metrics` what it has measured, for Prometheus.

The first two say nothing that visitors may not know. The third is for callers with a token, or directly from a network of the settings."""

import hmac
import ipaddress
import threading
import time

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from playground.measures import MEASURES
from playground.settings import settings
from playground.web.closing import is_closing
from playground.web.readiness import data_folder_problem, database_problem, disk_problem
from playground.web.server import runs
from playground.web.server_state import observe_server

_KEPT_SECONDS = 1.0
"""How long an answer is given again: checking writes to the disk, and anyone may ask."""
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


class _Readiness:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked = -_KEPT_SECONDS
        self._failing: list[str] = []

    def failing(self) -> list[str]:
        with self._lock:
            if time.monotonic() - self._checked >= _KEPT_SECONDS:
                folder = settings().data
                problems = {"data folder": data_folder_problem(folder), "disk space": disk_problem(folder)}
                problems["database"] = database_problem(runs)
                self._failing = [name for name, problem in problems.items() if problem]
                self._checked = time.monotonic()
            return self._failing


_readiness = _Readiness()


async def healthz(request: Request) -> Response:
    """Answers as long as the event loop runs."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """503 while the server is closing, or cannot write or reach its database."""
    failing = ["closing"] if is_closing() else await run_in_threadpool(_readiness.failing)
    return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200, headers={"cache-control": "no-store"})


async def metrics(request: Request) -> Response:
    """403 to callers that may not read it."""
    if not may_read_metrics(request):
        return PlainTextResponse("needs the token in PLAYGROUND_METRICS_TOKEN, or a network in PLAYGROUND_METRICS_NETWORKS", 403)
    observe_server(runs)
    return Response(await run_in_threadpool(generate_latest, MEASURES), media_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: Request) -> bool:
    """Whether the request has the token, or comes directly from a network of the settings. Requests through a proxy come from its address,
    whoever sent them, so they need the token."""
    token = settings().metrics_token
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if token is not None and kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return True
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in settings().metrics_networks)


routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
