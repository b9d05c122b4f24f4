"""`POST /device/join` and `/device/leave`: the browser becomes one of another owner's, or forgets its own. Both answer with text: ""
or what is wrong. `OwnPages` keeps pages of other sites away."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from playground.runs.database import StoreError
from playground.web.own_runs import hand_over
from playground.web.routes.bodies import BodyError, read_body
from playground.web.security.device_links import LinkError, use_link
from playground.web.security.owner import cookie_of, no_cookies, owner_in

_MOST_BYTES = 1000


async def join(request: Request) -> Response:
    """The body is the secret part of a link, which cannot be used again. With `?bring`, what this browser has gets the same owner."""
    try:
        token = (await read_body(request, _MOST_BYTES)).decode("utf-8", "replace")
        owner = await asyncio.to_thread(use_link, token)
        if "bring" in request.query_params:
            await asyncio.to_thread(hand_over, owner_in(request.cookies), owner)
    except BodyError as error:
        return PlainTextResponse(str(error), error.status)
    except LinkError as error:
        return PlainTextResponse(str(error), 410)
    except StoreError:
        return PlainTextResponse("The server cannot read its database at the moment. Try again later.", 503)
    return PlainTextResponse("", headers={"set-cookie": cookie_of(owner, request.scope)})


async def leave(request: Request) -> Response:
    """The browser is nobody's until it opens the next page."""
    response = PlainTextResponse("")
    for cookie in no_cookies(request.scope):
        response.headers.append("set-cookie", cookie)
    return response


routes: list[BaseRoute] = [Route("/device/join", join, methods=["POST"]), Route("/device/leave", leave, methods=["POST"])]
