"""`/live/{address}`: streams a run to anyone who has one of its addresses.

First {"type": "history", "series", "declared", "status", "control"}, then {"type": "append", …} whenever something changes ("history"
again after the timeline was thinned out), and each new view as one binary frame: a 4-byte little-endian header length, a JSON header
{"name", "step", "shape", "classes"} (with "bounds" for views drawn over the examples), and the values as little-endian float32. A view that
is declared as "asked" is sent only to a browser that has asked for it: {"views": ["network"]} names all of those that it shows now.
"changes", whenever there are more, are all changes of the run in words, [{"step", "text"}]. "declared" says what the metrics and views are
(`Declarations.plain`). For a run that does not exist: {"type": "error", "message"}, then close code 4404."""

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from playground.network.changing import told
from playground.runs import Cursor, RunNotFound, Runs
from playground.training.events import View
from playground.training.views import DeclaredView
from playground.web.server import runs

PAUSE_SECONDS = 0.095
"""Minimum time between two messages to a browser: the eye cannot follow more than ten per second."""
NOT_FOUND = 4404
_LONGEST_MESSAGE = 1000


async def live(websocket: WebSocket) -> None:
    """Serves one browser that watches a run, until it disconnects."""
    await websocket.accept()
    try:
        await _follow(websocket, runs(), websocket.path_params["address"])
    except RunNotFound as error:
        await _send(websocket, {"type": "error", "message": str(error)})
        await websocket.close(NOT_FOUND)


async def _follow(websocket: WebSocket, runs: Runs, address: str) -> None:
    """Raises: RunNotFound, also if the run is deleted meanwhile."""
    run = await asyncio.to_thread(runs.resolve, address)
    await asyncio.to_thread(runs.info, run.run_id)
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    asked = set[str]()
    disconnected = asyncio.create_task(_read(websocket, asked, changed))
    disconnected.add_done_callback(lambda _: changed.set())

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    unsubscribe = runs.watch(run.run_id, wake)
    cursor, shown, changes = None, dict[str, View](), 0
    try:
        while not disconnected.done():
            changed.clear()
            since = loop.time()
            message, views, cursor = await asyncio.to_thread(_update, runs, run.run_id, cursor, changes)
            changes = len(message.get("changes", ())) or changes
            await _send(websocket, {**message, "control": run.control})
            for view, declared in views:
                if shown.get(view.name) is not view and (view.name in asked or not declared.asked):
                    shown[view.name] = view
                    await websocket.send_bytes(frame(view, declared.classes, declared.bounds))
            # The next message contains everything that happens meanwhile: a slow reader gets fewer, larger messages, never a queue.
            await asyncio.wait({disconnected}, timeout=max(0.0, since + PAUSE_SECONDS - loop.time()))
            await changed.wait()
    finally:
        unsubscribe()
        disconnected.cancel()


def _update(runs: Runs, run_id: str, cursor: Cursor | None, changes: int) -> tuple[dict[str, Any], list[tuple[View, DeclaredView]], Cursor]:
    """What is new since the cursor, the newest views with their declarations, and the next cursor. Runs in a thread, since an old run is
    read from the store. changes: how many changes of the run the reader knows."""
    timeline = runs.timeline(run_id)
    message, cursor = timeline.delta(cursor)
    views = [(view, declared) for view in timeline.views.values() if (declared := timeline.declared.view(view.name))]
    spec = runs.info(run_id).spec
    more = {"changes": told(spec)} if len(spec.changes) > changes else {}
    return {**message, **more, "status": runs.status(run_id)}, views, cursor


async def _read(websocket: WebSocket, asked: set[str], changed: asyncio.Event) -> None:
    """Keeps in `asked` what the browser asks for; returns when it has disconnected. Other messages are ignored."""
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        names = _names(message.get("text"))
        if names is not None:
            asked.clear()
            asked.update(names)
            changed.set()


def _names(text: str | None) -> list[str] | None:
    """The views that a message asks for; None for any other message."""
    try:
        names = json.loads(text or "")["views"] if len(text or "") <= _LONGEST_MESSAGE else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else None


async def _send(websocket: WebSocket, message: Mapping[str, Any]) -> None:
    await websocket.send_text(json.dumps(message, allow_nan=False, separators=(",", ":")))


def frame(view: View, classes: tuple[str, ...], bounds: tuple[float, ...] | None = None) -> bytes:
    """A view as one binary message, with what is declared for it."""
    header = {"name": view.name, "step": view.step, "shape": list(view.values.shape), "classes": list(classes)}
    if bounds is not None:
        header["bounds"] = list(bounds)
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + np.ascontiguousarray(view.values, dtype="<f4").tobytes()


routes: list[BaseRoute] = [WebSocketRoute("/live/{address}", live)]
