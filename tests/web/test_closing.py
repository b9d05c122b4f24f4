"""What the middleware around the whole app does when a client leaves."""

import asyncio

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.web.closing import Ending

SCOPE = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "subprotocols": []}


def test_a_websocket_whose_client_left_is_told_so_after_it_tried_to_send() -> None:
    """As Streamlit's, which sends in one task and receives in another."""
    coming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}])
    codes = []

    async def app(scope: Message, receive: object, send: object) -> None:
        websocket = WebSocket(scope, receive, send)  # type: ignore[arg-type]
        await websocket.accept()
        await websocket.send_bytes(b"a page")
        with pytest.raises(WebSocketDisconnect) as left:
            await websocket.receive_bytes()
        codes.append(left.value.code)

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise OSError("the client is gone")  # as uvicorn does

    asyncio.run(Ending(app)(SCOPE, receive, send))  # type: ignore[arg-type]
    assert codes == [1006]
