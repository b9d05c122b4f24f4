"""`/attention/{address}`: what happens inside a network for an input, while it is typed or drawn. address: of a run, or the name of a
pretrained network.

The browser sends JSON texts {"ask", "seq", "input", "step", …}: ask names what it wants, one of `ASKS`; input is {"text"}, {"ink"} or
{"example"} (see `attention_inputs.given`); step is one of the network's history, null for now; the rest is for the ask. Of each ask only
the newest message counts, and it is answered again whenever the network has newer weights. Answers are binary frames: a 4-byte header
length, little-endian, a JSON header {"ask", "seq", "input", "model", "step", "history", "milliseconds", …} and what the ask adds, then its
bytes. "input" describes the input (`Given.plain`), "history" lists earlier steps with weights. Instead {"ask", "seq", "error", "empty",
"waiting"}: empty if no input was given, waiting if the network has no weights yet. For a network that does not exist: {"error"} as text,
then close code 4404."""

import asyncio
import json
import logging
import struct
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from playground.catalog.datasets.examples import DataError
from playground.explain import ExplainError
from playground.runs.without_folders import without_folders
from playground.web import attention_arithmetic, attention_beside, attention_heads, attention_maps
from playground.web.attention_inputs import Given, InputError, given
from playground.web.networks import MissingNetworkError, Network, NetworkError, history_at, network_at
from playground.web.routes.newest import NOT_FOUND, FrameError, Newest, follow, receive, send

MAX_BYTES: Final = 100_000
"""Of a message."""
AT_ONCE: Final = 2
"""Answers at the same time, for all visitors together."""

Answer = Callable[[Network, Given, Mapping[str, Any]], tuple[dict[str, Any], bytes]]
"""Network, input and the message → what to add to the header, ready for JSON, and bytes. Raises: InputError, NetworkError, ExplainError or
DataError, whose messages are shown."""

logger = logging.getLogger(__name__)
_quick = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="attention")
_slow = ThreadPoolExecutor(1, thread_name_prefix="attention, slow")


@dataclass(frozen=True)
class Ask:
    """Something that can be asked. slow: whether an answer takes longer than a few dozen milliseconds; slow answers wait for one another,
    and maps never wait for them."""

    answer: Answer
    slow: bool = False


ASKS: Final[Mapping[str, Ask]] = {
    "maps": Ask(lambda network, given, message: attention_maps.packed(network, given)),
    "arithmetic": Ask(attention_arithmetic.arithmetic),
    "cut": Ask(attention_heads.cut),
    "worth": Ask(attention_heads.worth),
    "ranking": Ask(attention_heads.worth),
    "beside": Ask(attention_beside.beside, slow=True),
}


@dataclass(frozen=True, eq=False)
class Question:
    """A valid message. ask: one of ASKS. step: of the history, None for the newest weights. asked: what the input is."""

    ask: str
    seq: int
    step: int | None
    asked: Mapping[str, Any]
    message: Mapping[str, Any]


def parse(text: str | None) -> Question:
    """Raises: FrameError."""
    if text is None:
        raise FrameError("a question is sent as JSON text, got bytes")
    if len(text) > MAX_BYTES:
        raise FrameError(f"a question has at most {MAX_BYTES:,} characters, got {len(text):,}")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("a question must be valid JSON") from None
    if not isinstance(message, dict):
        raise FrameError("a question must be a JSON object")
    ask, seq, step, asked = (message.get(name) for name in ("ask", "seq", "step", "input"))
    if not isinstance(ask, str) or ask not in ASKS:
        raise FrameError(f"ask: must be one of {', '.join(ASKS)}, got {str(ask)[:40]!r}")
    if type(seq) is not int or not 0 <= seq < 2**53:
        raise FrameError("seq: must be a whole number from 0 on")
    if step is not None and (type(step) is not int or not 0 <= step < 2**53):
        raise FrameError("step: must be null or a whole number from 0 on")
    if not isinstance(asked, dict):
        raise FrameError("input: must be an object")
    return Question(ask, seq, step, asked, message)


async def attention(websocket: WebSocket) -> None:
    """Serves one browser and one network, until the browser disconnects."""
    await websocket.accept()
    newest = {name: Newest[Question]() for name in ASKS}
    tasks = [asyncio.create_task(_receive(websocket, newest))]
    tasks += [asyncio.create_task(_respond(websocket, name, one)) for name, one in newest.items()]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except MissingNetworkError as error:
        with suppress(RuntimeError):
            await send(websocket, {"error": str(error)})
            await websocket.close(NOT_FOUND)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, NetworkError, RuntimeError):
                await task


async def _receive(websocket: WebSocket, newest: Mapping[str, Newest[Question]]) -> None:
    def read(message: Mapping[str, Any]) -> None:
        question = parse(message.get("text"))
        newest[question.ask].ask(question)

    try:
        await receive(websocket, read)
    finally:
        for one in newest.values():
            one.end()


async def _respond(websocket: WebSocket, name: str, newest: Newest[Question]) -> None:
    address, loop = websocket.path_params["address"], asyncio.get_running_loop()

    async def answer(question: Question) -> None:
        threads = _slow if ASKS[name].slow else _quick
        await websocket.send_bytes(await loop.run_in_executor(threads, respond, address, question))

    await newest.changed.wait()  # nothing is watched for asks that nobody makes
    await follow(address, newest, answer)


def respond(address: str, question: Question) -> bytes:
    """The frame that answers a question about the network at this address, or says in plain words why there is no answer. Never raises."""
    started = time.perf_counter()
    header: dict[str, Any] = {"ask": question.ask, "seq": question.seq}
    payload = b""
    try:
        network = network_at(address, question.step)
        found = given(network, question.asked)
        added, payload = ASKS[question.ask].answer(network, found, question.message)
        header |= {"input": found.plain, "model": network.title, "step": network.run.step, "history": history_at(address), **added}
    except InputError as error:
        header |= {"error": str(error), "empty": error.empty, "waiting": False}
    except NetworkError as error:
        header |= {"error": str(error), "empty": False, "waiting": error.waiting}
    except (ExplainError, DataError) as error:
        header |= {"error": without_folders(str(error)), "empty": False, "waiting": False}
    except Exception:  # an unexpected error of one network must not close the connection silently
        logger.exception("A question about attention could not be answered")
        header |= {"error": "This cannot be computed for this network; the server's log says why.", "empty": False, "waiting": False}
    header["milliseconds"] = round(1000 * (time.perf_counter() - started), 2)
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + payload


routes: list[BaseRoute] = [WebSocketRoute("/attention/{address}", attention)]
