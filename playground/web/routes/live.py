"""`/live/{address}`: streams a run to anyone who has one of its addresses.

First {"type": "history", "series", "declared", "status", "control"}, then {"type": "append", …} whenever something changes ("history"
again after the timeline was thinned out), and each new view as one binary frame: a 4-byte little-endian header length, a JSON header
{"name", "step", "shape", "classes"} (with "bounds" for views drawn over the examples), and the values as little-endian float32. A view that
is declared as "asked" is sent only to a browser that looks at it. "changes", whenever there are more, are all changes of the run in words,
[{"step", "text"}]. "declared" says what the metrics and views are (`Declarations.plain`). For a run that does not exist: {"type": "error",
"message"}, then close code 4404.

The browser says which views are looked at, now and after every change: {"type": "look", "views": {name: [index, …]}}, with what is chosen
in each of them, such as a layer. Only these are computed while the run trains; until it says so, all are."""

import asyncio
import itertools
import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from playground.network.changing import told
from playground.runs import Cursor, RunNotFound, Runs
from playground.training.events import View
from playground.training.views import DeclaredView
from playground.training.wanted import Wanted
from playground.web.server import runs

PAUSE_SECONDS = 0.095
"""Minimum time between two messages to a browser: the eye cannot follow more than ten per second."""
NOT_FOUND = 4404
_MOST_LOOK_LETTERS, _MOST_LOOKED_AT, _MOST_CHOICE = 4000, 32, 10_000


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
    looked = set[str]()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    def look(wanted: Wanted) -> None:
        watching.look(wanted)
        looked.clear()
        looked.update(wanted.chosen)
        changed.set()

    watching = runs.watch(run.run_id, wake)
    disconnected = asyncio.create_task(_read(websocket, look))
    disconnected.add_done_callback(lambda _: changed.set())
    cursor, shown, changes = None, dict[str, View](), 0
    try:
        while not disconnected.done():
            changed.clear()
            since = loop.time()
            message, views, cursor = await asyncio.to_thread(_update, runs, run.run_id, cursor, changes)
            changes = len(message.get("changes", ())) or changes
            await _send(websocket, {**message, "control": run.control})
            for view, declared in views:
                if shown.get(view.name) is not view and (view.name in looked or not declared.asked):
                    shown[view.name] = view
                    await websocket.send_bytes(frame(view, declared.classes, declared.bounds))
            # The next message contains everything that happens meanwhile: a slow reader gets fewer, larger messages, never a queue.
            await asyncio.wait({disconnected}, timeout=max(0.0, since + PAUSE_SECONDS - loop.time()))
            await changed.wait()
    finally:
        watching.end()
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


async def _read(websocket: WebSocket, look: Callable[[Wanted], None]) -> None:
    """Returns when the browser has disconnected. look: called with what it says it looks at."""
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        if (wanted := looked_at(message.get("text") or "")) is not None:
            look(wanted)


def looked_at(text: str) -> Wanted | None:
    """The views that a message says are looked at; None for anything else that a browser sends."""
    try:
        message = json.loads(text) if len(text) <= _MOST_LOOK_LETTERS else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") != "look" or not isinstance(views := message.get("views"), dict):
        return None
    return wanted_in(views)


def wanted_in(views: Mapping[str, object]) -> Wanted:
    """The views that a browser names, with the indices of what is chosen in each."""
    return Wanted({str(name): _choices(choices) for name, choices in itertools.islice(views.items(), _MOST_LOOKED_AT)})


def _choices(choices: object) -> frozenset[int]:
    listed = choices[:_MOST_LOOKED_AT] if isinstance(choices, list) else []
    return frozenset(choice for choice in listed if type(choice) is int and 0 <= choice <= _MOST_CHOICE)


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
