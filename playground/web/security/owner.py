"""Who owns a visitor's runs and data: an id without a name, in a signed cookie that lasts, or the account of somebody who has logged in.

The cookie comes with a page. A browser sends it with every request after that, also with the one that opens Streamlit's socket, so a
script knows the owner from its first run on. Forged, expired and foreign cookies are replaced.

Cookies do not tell servers on different ports of one machine apart, so the cookie's name contains the key's fingerprint: two servers with
different keys do not take each other's place."""

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from playground.web.security.signing import fingerprint, keys, sign, signed

LASTS_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""
RENEWED_SECONDS = 7 * 24 * 3600
"""A cookie that is older is replaced by a new one for the same owner."""

_PURPOSE = "owner"
_ID = re.compile(r"a[A-Za-z0-9_-]{22}", re.ASCII)


def new_owner() -> str:
    """An id that cannot be guessed: "a" and 22 characters."""
    return "a" + secrets.token_urlsafe(17)[:22]


def owner_of(connection: HTTPConnection) -> str:
    """The owner that a request or a socket belongs to; "" if it shows neither a cookie of ours nor a login."""
    return _logged_in(connection) or owner_in(connection.cookies)


def visitor() -> str:
    """The owner whose page this script run serves; "" without a cookie, and where there is no browser. `session.owner` has one always."""
    context = get_script_run_ctx()
    user = context.user_info if context else {}  # as in `st.user`, which looks for files of secrets each time
    return (account(user) if user.get("is_logged_in") else "") or owner_in(st.context.cookies)


def visitor_since() -> tuple[str, float]:
    """As `owner_since`, of the visitor whose page this script run serves."""
    owner, _, signed_at = next(_valid(st.context.cookies), ("", "", 0.0))
    return owner, signed_at


def accepts_cookies() -> bool:
    """Whether the browser of this script run brought a cookie of ours. True where there is no browser to ask."""
    return not st.context.headers or bool(visitor())


def owner_since(connection: HTTPConnection) -> tuple[str, float]:
    """The owner by the cookie, and when it was signed, in seconds since 1970; ("", 0) if there is none."""
    owner, _, signed_at = next(_valid(connection.cookies), ("", "", 0.0))
    return owner, signed_at


def owner_in(cookies: Mapping[str, str]) -> str:
    """The owner that valid cookies name, "" if there is none."""
    return next((owner for owner, _, _ in _valid(cookies)), "")


def account(user: Mapping[str, Any]) -> str:
    """The owner of somebody who has logged in, by what an OpenID Connect provider says of them; "" if that does not identify them."""
    person = user.get("sub") or user.get("email")
    if not person:
        return ""
    digest = hashlib.sha256(f"{user.get('iss', '')}\n{person}".encode()).digest()
    return "u" + base64.urlsafe_b64encode(digest)[:22].decode("ascii")


class OwnerCookie:
    """Middleware: sets the cookie of a visitor who opens a page without one, and renews old ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        cookie = _cookie_for(scope)

        async def sending(message: Message) -> None:
            if cookie is not None and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", cookie)
                headers["cache-control"] = "no-store"  # a cache between would give this cookie to everybody
            await send(message)

        await self._app(scope, receive, sending)


def _cookie_for(scope: Scope) -> str | None:
    """What to set; None if the visitor has a cookie that is valid for long."""
    key = keys()[0]
    owner, by, signed_at = next(_valid(HTTPConnection(scope).cookies), ("", "", 0.0))
    if by == key and abs(time.time() - signed_at) < RENEWED_SECONDS:
        return None
    return cookie_of(owner or new_owner(), scope)


def cookie_of(owner: str, scope: Scope) -> str:
    """The header that makes the browser of this request one of this owner's."""
    key = keys()[0]
    return f"{cookie_name(key)}={sign(owner, _PURPOSE, key)}; Max-Age={LASTS_SECONDS}; {_attributes(scope)}"


def no_cookies(scope: Scope) -> list[str]:
    """The headers that make the browser of this request forget its owner."""
    return [f"{cookie_name(key)}=; Max-Age=0; {_attributes(scope)}" for key in keys()]


def is_anonymous(owner: str) -> bool:
    """Whether this is the owner of a cookie, which other browsers can get as well."""
    return _ID.fullmatch(owner) is not None


def has_account(owner: str) -> bool:
    """Whether this is the owner of somebody who has logged in."""
    return owner.startswith("u")


def _attributes(scope: Scope) -> str:
    path = "/" + (config.get_option("server.baseUrlPath") or "").strip("/")
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"Path={path}; HttpOnly; SameSite=Lax{secure}"


def _valid(cookies: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Owner, key and time of valid cookies, first of the key that signs."""
    for key in keys():
        found = _read(cookies.get(cookie_name(key), ""), key)
        if found is not None and time.time() - found[1] < LASTS_SECONDS:
            yield found[0], key, found[1]


@lru_cache(maxsize=4096)
def _read(value: str, key: str) -> tuple[str, float] | None:
    found = signed(value, _PURPOSE, key) if value else None
    return found if found is not None and _ID.fullmatch(found[0]) else None


def cookie_name(key: str) -> str:
    """The name of the cookie that this key signs."""
    return f"playground_owner_{fingerprint(key)}"


def _logged_in(connection: HTTPConnection) -> str:
    """The owner by the cookie of Streamlit's login."""
    if USER_COOKIE_NAME not in connection.cookies:
        return ""
    verified = _get_signed_cookie_with_chunks(connection.cookies, USER_COOKIE_NAME)
    user = json.loads(verified) if verified else {}
    return account(user) if user.get("is_logged_in") else ""
