"""Reads the body of a request, with limits on size and time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

READ_SECONDS = 10


class BodyError(Exception):
    """A body that was not read completely. status: of the response."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


async def read_body(request: Request, most: int, seconds: float = READ_SECONDS) -> bytes:
    """The whole body, of at most `most` bytes.

    Raises: BodyError if it is longer, is not complete after `seconds`, or the client disconnects."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise BodyError(413, f"at most {most:,} bytes")
    except TimeoutError:
        raise BodyError(408, f"not complete after {seconds:g} s") from None
    except ClientDisconnect:
        raise BodyError(400, "the connection was closed before the end of the request") from None
    return bytes(body)
