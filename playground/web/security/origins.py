"""Which names the server answers to, and which pages may open sockets here or change something."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.server_util import allowlisted_origins

from playground.settings import settings

FORBIDDEN = 4403
"""Close code of a socket that is refused; before it is accepted, browsers see status 403."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_OTHER_NAME = (
    "This server is not meant to be reached under this name. Its operator can allow the name: set PLAYGROUND_ALLOWED_HOSTS, and "
    "restart the server.\n"
)
_OTHER_PAGE = "Pages of other sites may not do this here. The operator of this server can allow a site: PLAYGROUND_ALLOWED_ORIGINS.\n"


class OwnPages:
    """Middleware: only our own pages open sockets and send requests that change something; the server answers only to its own names.

    Browsers let any page connect anywhere and send the page's origin with it, so a server must refuse. And a page of another site can give
    its own name this server's address (DNS rebinding), which only the name shows.

    A foreign origin never reaches Streamlit, which would look up this machine's address on the internet to judge it, while the whole
    server waits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host")
        if not host_allowed(host):
            await _refuse(scope, receive, send, 421, _OTHER_NAME)
        elif origin is None or _is_own(origin, host):
            await self._app(scope, receive, send)
        elif scope.get("method") in _SAFE or origin_allowed(origin, host):
            without = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            await self._app({**scope, "headers": without}, receive, send)
        else:
            await _refuse(scope, receive, send, 403, _OTHER_PAGE)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": FORBIDDEN, "reason": ""})
    else:
        await PlainTextResponse(why, status)(scope, receive, send)


def host_allowed(host: str | None) -> bool:
    """Whether browsers may reach the server under the name in this Host header. Addresses are always allowed: nobody can rebind them.
    Without a setting, a server that only this machine can reach answers to no other name than localhost."""
    if host is None:
        return True
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if _is_address(name) or _is_local(name):
        return True
    names = (*settings().allowed_hosts, *config.get_option("server.allowedHosts"))
    if not names:
        bound = config.get_option("server.address")
        return bound is None or not only_this_machine(bound)
    return any(_matches(name, pattern.lower().rstrip(".")) for pattern in names)


def origin_allowed(origin: str, host: str | None) -> bool:
    """Whether a page of this origin may open sockets: it is one of ours, or named by our settings or Streamlit's
    (`server.corsAllowedOrigins`, `server.enableCORS`, `browser.serverAddress`)."""
    if not config.get_option("server.enableCORS") or _is_own(origin, host):
        return True
    try:
        page = urlsplit(origin)
        name = page.hostname
    except ValueError:
        return False
    if origin in allowlisted_origins():
        return True
    if config.is_manually_set("browser.serverAddress") and name == config.get_option("browser.serverAddress"):
        return True
    return name is not None and any(_is_site(page.scheme, page.netloc.lower(), site) for site in settings().allowed_origins)


def _is_own(origin: str, host: str | None) -> bool:
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    return page.scheme in ("http", "https") and bool(page.netloc) and page.netloc == host


def _is_site(scheme: str, place: str, site: str) -> bool:
    """place: host and port of a page."""
    if site == "*":
        return True
    wanted, _, pattern = site.lower().partition("://")
    return wanted == scheme and _matches(place, pattern)


def _matches(name: str, pattern: str) -> bool:
    return pattern == "*" or name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


def only_this_machine(name: str) -> bool:
    """Whether a name or address of a server leads to nobody but the machine itself."""
    return _is_local(name) or (_is_address(name) and ipaddress.ip_address(name).is_loopback)
