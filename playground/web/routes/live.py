"""`/live/{address}`: a run as it goes, to whoever holds one of its addresses.

First {"type": "history", "series", "status", "control"}, then {"type": "append", …} whenever something changed (or "history"
again, where the timeline was thinned out), and each new view as one binary frame: a 4-byte little-endian header length, a JSON
header {"name", "step", "shape", "classes"} ("bounds" too, of a boundary or curve), and the values as little-endian float32. A run that
is not there: {"type": "error", "message"}, then close 4404."""

import asyncio
import json
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.runs import Cursor, RunNotFound, Runs
from playground.training.events import OVER_BOUNDS, View
from playground.web.routes.origin import FORBIDDEN, origin_allowed
from playground.web.server import runs

PAUSE_SECONDS = 0.095
"""At least this long between two messages to one browser: ten a second are as much as an eye follows."""
NOT_FOUND = 4404


async def live(websocket: WebSocket) -> None:
    """One browser on one run, until it leaves."""
    if not origin_allowed(websocket):
        await websocket.close(FORBIDDEN)
        return
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        await _follow(websocket, runs(), websocket.path_params["address"])


async def _follow(websocket: WebSocket, runs: Runs, address: str) -> None:
    try:
        found = await asyncio.to_thread(runs.resolve, address)
        info = await asyncio.to_thread(runs.info, found.run_id)
    except RunNotFound as error:
        await _send(websocket, {"type": "error", "message": str(error)})
        await websocket.close(NOT_FOUND)
        return
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    left = asyncio.create_task(_left(websocket))
    left.add_done_callback(lambda _: changed.set())

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    unsubscribe = runs.watch(found.run_id, wake)
    data, cursor, shown = info.spec.data, None, dict[str, int]()
    try:
        while not left.done():
            changed.clear()
            since = loop.time()
            message, views, cursor = await asyncio.to_thread(_news, runs, found.run_id, cursor)
            await _send(websocket, {**message, "control": found.control})
            for view in views:
                if shown.get(view.name) != view.step:
                    shown[view.name] = view.step
                    await websocket.send_bytes(frame(view, data.classes, data.bounds if view.name in OVER_BOUNDS else None))
            # Whatever happens meanwhile is in the next message: a slow reader gets fewer and larger ones, never a queue.
            await asyncio.wait({left}, timeout=max(0.0, since + PAUSE_SECONDS - loop.time()))
            await changed.wait()
    finally:
        unsubscribe()
        left.cancel()


def _news(runs: Runs, run_id: str, cursor: Cursor | None) -> tuple[dict[str, Any], tuple[View, ...], Cursor]:
    """What is new since the cursor, the newest views, and the next cursor. In a thread of its own: an old run is read from the store."""
    timeline = runs.timeline(run_id)
    message, cursor = timeline.delta(cursor)
    return {**message, "status": runs.status(run_id)}, tuple(timeline.views.values()), cursor


async def _left(websocket: WebSocket) -> None:
    """Returns when the browser has left. What it says meanwhile is not listened to."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(websocket: WebSocket, message: Mapping[str, Any]) -> None:
    await websocket.send_text(json.dumps(message, allow_nan=False, separators=(",", ":")))


def frame(view: View, classes: tuple[str, ...], bounds: tuple[float, float] | None = None) -> bytes:
    """A view as one binary message. bounds: of both axes of a boundary, of the axis of a curve."""
    header = {"name": view.name, "step": view.step, "shape": list(view.values.shape), "classes": list(classes)}
    if bounds is not None:
        header["bounds"] = list(bounds)
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + np.ascontiguousarray(view.values, dtype="<f4").tobytes()


routes: list[BaseRoute] = [WebSocketRoute("/live/{address}", live)]
