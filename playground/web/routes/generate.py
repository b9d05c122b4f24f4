"""`/generate/{address}`: text written by a network, symbol by symbol, also while it trains. address: of a run, or a pretrained network.

The browser sends JSON texts {"seq", "prompt", "length", "temperature", "top_k", "seed"}; only the newest counts. The text arrives in parts:
{"seq", "model", "step", "notes", "read", "text", "characters", "done", "next"}: read is the part of the prompt that the network reads, text
all that follows it so far, next the likeliest symbols after the prompt, [[label, probability], …]. Instead {"seq", "error", "waiting"}:
waiting if the network has no weights yet. When there are newer weights, another text follows, unasked. For a network that does not exist:
{"error"}, then close code 4404."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from playground.runs.generation import GenerationError, Prompt, Sampling, continuation, next_symbol, read_prompt
from playground.web.networks import MissingNetworkError, Network, NetworkError, network_at
from playground.web.routes.newest import NOT_FOUND, FrameError, Newest, follow, send, serve

MAX_BYTES: Final = 16_000
"""Of a message."""
LONGEST: Final = 500
"""Symbols of a text."""
LIKELIEST: Final = 8
"""Symbols whose probabilities are sent."""
PART_SECONDS: Final = 0.04
"""How long a part of a text is computed, apart from a last symbol; then it is the next visitor's turn."""
MOST_SECONDS: Final = 20.0
"""How long a text is computed; then it ends early."""
SHARE: Final = 0.05
"""How much of one core texts take that nobody asked for, because there are newer weights; for all visitors together."""
REST_SECONDS: Final = 2.0
"""How long a complete text stays before another one that nobody asked for."""

logger = logging.getLogger(__name__)
_thread = ThreadPoolExecutor(1, thread_name_prefix="generate text")
"""One for all visitors: more would only compete with training."""


@dataclass(frozen=True, eq=False)
class Question:
    """A valid message."""

    seq: int
    prompt: str
    length: int
    sampling: Sampling


def parse(text: str | None) -> Question:
    """Raises: FrameError."""
    if text is None:
        raise FrameError("a prompt is sent as JSON text, got bytes")
    if len(text) > MAX_BYTES:
        raise FrameError(f"a message has at most {MAX_BYTES:,} characters, got {len(text):,}; use a shorter prompt")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("a message must be valid JSON") from None
    if not isinstance(message, dict):
        raise FrameError("a message must be a JSON object")
    prompt = message.get("prompt")
    if not isinstance(prompt, str):
        raise FrameError("prompt: must be a text")
    temperature, top_k = message.get("temperature"), message.get("top_k")
    if isinstance(temperature, bool) or not isinstance(temperature, int | float):
        raise FrameError("temperature: must be a number")
    try:
        sampling = Sampling(float(temperature), None if top_k is None else _whole(message, "top_k", 1), _whole(message, "seed", 0))
    except (GenerationError, OverflowError) as error:
        raise FrameError(str(error)) from None
    return Question(_whole(message, "seq", 0), prompt, _whole(message, "length", 1, LONGEST), sampling)


def _whole(message: Mapping[str, Any], name: str, least: int, most: int = 2**53) -> int:
    value = message.get(name)
    if type(value) is not int or not least <= value <= most:
        raise FrameError(f"{name}: must be a whole number from {least} to {most}")
    return value


class Pace:
    """Gives out times, so that what happens at these times takes only a share of the time."""

    def __init__(self, share: float, part_seconds: float) -> None:
        self._gap = part_seconds / share
        self._free = 0.0

    def next(self, now: float) -> float:
        """The time at which the next part may begin."""
        begin = max(now, self._free)
        self._free = begin + self._gap
        return begin


_pace = Pace(SHARE, PART_SECONDS)


async def generate(websocket: WebSocket) -> None:
    """Serves one browser and one network, until the browser disconnects."""
    respond = partial(_respond, websocket, websocket.path_params["address"])
    await serve(websocket, lambda message: parse(message.get("text")), respond)


async def _respond(websocket: WebSocket, address: str, newest: Newest[Question]) -> None:
    loop = asyncio.get_running_loop()
    answered: Question | None = None

    async def answer(question: Question) -> None:
        nonlocal answered
        asked, answered = question is not answered, question
        parts = written(address, question)
        if not asked:
            await until(loop.time() + REST_SECONDS)
        while newest.question is question and not newest.disconnected:
            if not asked:
                await until(_pace.next(loop.time()))
            part = await loop.run_in_executor(_thread, next, parts, None)
            if part is None:
                return
            await send(websocket, part)

    async def until(due: float) -> None:
        """Waits, but no longer than until there is another question or the browser disconnects."""
        with suppress(TimeoutError):
            await asyncio.wait_for(newest.changed.wait(), max(0.0, due - loop.time()))

    try:
        await follow(address, newest, answer)
    except MissingNetworkError as error:
        await send(websocket, {"seq": None, "error": str(error)})
        await websocket.close(NOT_FOUND)


def written(address: str, question: Question) -> Iterator[dict[str, Any]]:
    """The messages of a text, part by part, by the newest weights now; of an error if there is no text. Never raises."""
    head: dict[str, Any] = {"seq": question.seq}
    try:
        network = network_at(address)
        for part in _parts(network, question):
            yield head | part
    except NetworkError as error:
        yield {**head, "error": str(error), "waiting": error.waiting}
    except GenerationError as error:
        yield {**head, "error": str(error), "waiting": False}
    except Exception:  # an unexpected error of one network must not close the connection silently
        logger.exception("A text could not be written")
        yield {**head, "error": "This network could not write; the server's log says why.", "waiting": False}


def _parts(network: Network, question: Question) -> Iterator[dict[str, Any]]:
    run, encoding = network.run, network.run.spec.data.encoding
    started = time.perf_counter()
    prompt = read_prompt(run.spec.data, question.prompt)
    symbols: list[int] = []
    message = {
        "model": network.title,
        "step": run.step,
        "notes": prompt.notes,
        "read": encoding.written(prompt.symbols),
        "next": _likeliest(network, prompt, question.sampling),
    }
    following, spent = continuation(run, prompt, question.sampling), 0.0
    while True:
        symbols.append(next(following))
        while len(symbols) < question.length and time.perf_counter() - started < PART_SECONDS:
            symbols.append(next(following))
        spent += time.perf_counter() - started
        text = encoding.written([*prompt.symbols, *symbols])[len(str(message["read"])) :]
        done, late = len(symbols) == question.length, spent > MOST_SECONDS
        if late and not done:
            message["notes"] = (*prompt.notes, f"Ended after {MOST_SECONDS:.0f} s of computing: this network takes long for every symbol.")
        yield {**message, "text": text, "characters": len(text), "done": done or late}
        if done or late:
            return
        started = time.perf_counter()


def _likeliest(network: Network, prompt: Prompt, sampling: Sampling) -> list[tuple[str, float]]:
    probabilities = next_symbol(network.run, prompt, sampling)
    values, classes = probabilities.topk(min(LIKELIEST, len(probabilities)))
    names = network.run.classes
    return [(names[index], round(value, 4)) for value, index in zip(values.tolist(), classes.tolist(), strict=True)]


routes: list[BaseRoute] = [WebSocketRoute("/generate/{address}", generate)]
