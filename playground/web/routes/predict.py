"""`/predict/{address}`: predictions for drawings while they are drawn. address: of a run, or
the name of a pretrained network, such as "digits".

The browser sends binary frames: version 1 (1 byte), a sequence number (u32), width and height (u16 each), little-endian, then
width × height bytes of ink, 255 for full. Only the newest frame counts; earlier ones without a response are dropped. The response:
{"seq", "label", "probabilities", "classes", "seen", "side", "similar": [{"label", "pixels", "similarity"}], "model", "step",
"milliseconds"}, images as base64 of `side` = [height, width] bytes; or {"seq", "error", "empty", "waiting"}: empty if nothing is drawn,
waiting if the network has no weights yet. While the network is training, there is another response to the same drawing whenever its
weights are newer. For a network that does not exist: {"error"}, then close code 4404."""

import asyncio
import logging
import math
import struct
import time
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket
from torch import Tensor

from playground.catalog.datasets.examples import Array, DataError
from playground.drawing import DrawingError
from playground.explain import ExplainError, most_similar
from playground.web.networks import MissingNetworkError, Network, NetworkError, network_at
from playground.web.reading import as_pixels, read_drawing, why_not_drawable
from playground.web.routes.newest import NOT_FOUND, FrameError, Newest, follow, send, serve

VERSION = 1
HEADER = struct.Struct("<BIHH")
MAX_SIDE = 512
SIMILAR = 6
AT_ONCE = 2
"""Simultaneous predictions, for all visitors together: more would only compete with each other and with training."""

logger = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="predict")


@dataclass(frozen=True, eq=False)
class Drawing:
    """One frame. ink: uint8 (height, width)."""

    seq: int
    ink: Array


def parse(frame: bytes) -> Drawing:
    """Raises: FrameError."""
    if len(frame) < HEADER.size:
        raise FrameError(f"a frame has a header of {HEADER.size} bytes, got {len(frame)} bytes in all")
    version, seq, width, height = HEADER.unpack_from(frame)
    if version != VERSION:
        raise FrameError(f"version: must be {VERSION}, got {version}; reload the page")
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise FrameError(f"width and height: must be 1 to {MAX_SIDE}, got {width} and {height}")
    if len(frame) != HEADER.size + width * height:
        raise FrameError(f"ink: must be {width}×{height} = {width * height} bytes, got {len(frame) - HEADER.size}")
    return Drawing(seq, np.frombuffer(frame, np.uint8, offset=HEADER.size).reshape(height, width))


async def predict(websocket: WebSocket) -> None:
    """Serves one browser and one network, until the browser disconnects."""
    await serve(websocket, _drawing, partial(_respond, websocket, websocket.path_params["address"]))


def _drawing(message: Mapping[str, Any]) -> Drawing:
    frame = message.get("bytes")
    if frame is None:
        raise FrameError("a drawing is sent as a binary frame, got text")
    return parse(frame)


async def _respond(websocket: WebSocket, address: str, newest: Newest[Drawing]) -> None:
    loop = asyncio.get_running_loop()

    async def answer(drawing: Drawing) -> None:
        await send(websocket, await loop.run_in_executor(_threads, respond, address, drawing))

    warming = loop.run_in_executor(_threads, warm, address)
    try:
        await follow(address, newest, answer)
    except MissingNetworkError as error:
        await send(websocket, {"seq": None, "error": str(error)})
        await websocket.close(NOT_FOUND)
    finally:
        await warming


def warm(address: str) -> None:
    """Loads what the first drawing would have to wait for. Errors are reported when a drawing arrives."""
    with suppress(NetworkError, DataError, ExplainError):
        network = network_at(address)
        if not why_not_drawable(network.run.spec):
            blank = torch.full((1, *network.run.spec.data.shape), 0.5)
            network.run.probabilities(network.run.encode(blank))
            most_similar(network.run.spec.data, blank, 1)


def respond(address: str, drawing: Drawing) -> dict[str, Any]:
    """The response of the network at this address to a drawing: its prediction, or an error in plain words. Never raises."""
    started = time.perf_counter()
    try:
        network = network_at(address)
        reason = why_not_drawable(network.run.spec)
        if reason:
            raise NetworkError(f"This network cannot read drawings. {reason}")
        prediction = _prediction(network, drawing.ink)
    except DrawingError as error:
        return {"seq": drawing.seq, "error": str(error), "empty": True}
    except NetworkError as error:
        return {"seq": drawing.seq, "error": str(error), "waiting": error.waiting}
    except Exception:  # an unexpected error of one network must not close the connection silently
        logger.exception("A drawing could not be classified")
        return {"seq": drawing.seq, "error": "The network could not classify this drawing; the server's log says why."}
    return {"seq": drawing.seq, **prediction, "milliseconds": round(1000 * (time.perf_counter() - started), 2)}


def _prediction(network: Network, ink: Array) -> dict[str, Any]:
    x = read_drawing(network.run.spec, ink)
    probabilities = network.run.probabilities(network.run.encode(x))[0].tolist()
    if not all(map(math.isfinite, probabilities)):
        raise NetworkError("This network's output is not a number: its training has diverged. Try a smaller learning rate.")
    classes = network.run.classes
    return {
        "label": classes[max(range(len(classes)), key=probabilities.__getitem__)],
        "probabilities": [round(probability, 5) for probability in probabilities],
        "classes": classes,
        "seen": _base64(as_pixels(x)),
        "side": list(x.shape[2:]),
        "similar": _similar(network, x),
        "model": network.title,
        "step": network.run.step,
    }


def _similar(network: Network, x: Tensor) -> list[dict[str, Any]]:
    """The most similar training examples; none if the data is not available, which does not prevent a prediction."""
    try:
        examples = most_similar(network.run.spec.data, x, SIMILAR)
    except (ExplainError, DataError):
        return []
    return [{"label": example.label, "pixels": _base64(example.pixels), "similarity": round(example.similarity, 4)} for example in examples]


def _base64(pixels: Array) -> str:
    return b64encode(pixels.tobytes()).decode()


routes: list[BaseRoute] = [WebSocketRoute("/predict/{address}", predict)]
