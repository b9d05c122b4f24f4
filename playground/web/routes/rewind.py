"""`/rewind/{address}`: looks back at a run, for anyone who has one of its addresses.

First {"type": "past", "steps", "note"}, and again when it has changed: the moments that are kept, and why there are few or none. The
browser sends {"seq", "step", "views"}, with the views as in a "look" of `/live`, or all if it names none; only the newest counts. The
answer is about the nearest moment: {"type": "moment", "seq", "step", "epoch", "numbers", "views"}, the metrics by the names of their
columns, followed by as many binary frames as "views" says, of the same form as those of `/live`. Instead {"type": "problem", "seq",
"message"}. For a run that does not exist, or no longer: {"type": "error", "message"}, then close code 4404."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from playground.catalog.datasets.examples import DataError
from playground.runs import RunNotFound, history
from playground.runs.database import StoreError
from playground.runs.run_error import RunError
from playground.runs.thinning import finite
from playground.runs.without_folders import without_folders
from playground.spec import SpecError
from playground.training.wanted import EVERYTHING, Wanted
from playground.web.replays import Moment, Past, past_of, replays
from playground.web.routes.live import frame, wanted_in
from playground.web.routes.newest import NOT_FOUND, FrameError, Newest, send, serve
from playground.web.server import runs

MAX_BYTES: Final = 4000
"""Of a message."""
WATCH_SECONDS: Final = 1.0
"""How often to check for new moments."""
_MOST = 2**53

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Question:
    """A valid message."""

    seq: int
    step: int
    views: Wanted = EVERYTHING


def parse(text: str | None) -> Question:
    """Raises: FrameError."""
    if text is None or len(text) > MAX_BYTES:
        raise FrameError(f"a question is sent as JSON text of at most {MAX_BYTES:,} characters")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("a question must be valid JSON") from None
    if not isinstance(message, dict):
        raise FrameError("a question must be a JSON object")
    for name in ("seq", "step"):
        if type(message.get(name)) is not int or not 0 <= message[name] < _MOST:
            raise FrameError(f"{name}: must be a whole number from 0 on")
    views = message.get("views")
    if views is not None and not isinstance(views, dict):
        raise FrameError("views: must be an object")
    return Question(message["seq"], message["step"], EVERYTHING if views is None else wanted_in(views))


async def rewind(websocket: WebSocket) -> None:
    """Serves one browser that looks back at a run, until it disconnects."""

    async def respond(newest: Newest[Question]) -> None:
        try:
            await _respond(websocket, newest)
        except RunNotFound as error:
            await send(websocket, {"type": "error", "message": str(error)})
            await websocket.close(NOT_FOUND)

    await serve(websocket, lambda message: parse(message.get("text")), respond)


async def _respond(websocket: WebSocket, newest: Newest[Question]) -> None:
    """Raises: RunNotFound, also if the run is deleted meanwhile."""
    told: tuple[Any, ...] = ()
    answered: Question | None = None
    while not newest.disconnected:
        newest.changed.clear()
        question = newest.question
        try:
            past = await asyncio.to_thread(past_of, websocket.path_params["address"])
            if told != (past.steps, past.note):
                told = past.steps, past.note
                await send(websocket, {"type": "past", "steps": past.steps, "note": past.note})
            if question is not None and question is not answered:
                answered = question
                await _answer(websocket, past, question, newest)
        except (StoreError, DataError, RunError, SpecError) as error:
            await _report(websocket, question, without_folders(str(error)))
        except RunNotFound:
            raise
        except Exception:  # an unexpected error of one run must not close the connection silently
            logger.exception("A run could not be looked back at")
            await _report(websocket, question, "This moment cannot be shown; the server's log says why.")
        with suppress(TimeoutError):
            await asyncio.wait_for(newest.changed.wait(), WATCH_SECONDS)


async def _answer(websocket: WebSocket, past: Past, question: Question, newest: Newest[Question]) -> None:
    if not past.steps:
        await _report(websocket, question, past.note)
        return
    moment = await _nearest(past, question, lambda: newest.question is question and not newest.disconnected)
    if moment is not None:
        message, views = await asyncio.to_thread(_packed, past, question, moment)
        await send(websocket, message)
        for view in views:
            await websocket.send_bytes(view)


async def _nearest(past: Past, question: Question, is_wanted: Callable[[], bool]) -> Moment | None:
    step = past.nearest(question.step)
    try:
        return await replays().moment(past, step, is_wanted, question.views)
    except RunError:
        if step in (now := history.steps(past.directory)) or not now:
            raise
        step = replace(past, steps=now).nearest(step)  # the other one has just made room
        return await replays().moment(past, step, is_wanted, question.views)


def _packed(past: Past, question: Question, moment: Moment) -> tuple[dict[str, Any], list[bytes]]:
    """The moment, and its views."""
    declared, evaluated = runs().timeline(past.run_id).declared, moment.evaluated
    views = [frame(view, of.classes, of.bounds) for view in moment.views if (of := declared.view(view.name))]
    numbers = {name: finite(value) for name, value in evaluated.columns.items()}
    message = {"type": "moment", "seq": question.seq, "step": evaluated.step, "epoch": round(evaluated.epoch, 4), "numbers": numbers}
    return {**message, "views": len(views)}, views


async def _report(websocket: WebSocket, question: Question | None, message: str) -> None:
    if question is not None:
        await send(websocket, {"type": "problem", "seq": question.seq, "message": message})


routes: list[BaseRoute] = [WebSocketRoute("/rewind/{address}", rewind)]
