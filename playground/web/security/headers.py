"""Headers with which a browser enforces what pages may load, and who may show them."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.settings import settings

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """Middleware: every response carries the content security policy, is taken for nothing but its own type, and tells no other site the
    address of the page, which may control a run."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._policy = policy(settings().frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = self._policy
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


def policy(frame_ancestors: tuple[str, ...]) -> str:
    """The content security policy. Nothing comes from other sites; each exception is argued in docs/security.md."""
    rules = {
        "default-src": ("'self'",),
        "script-src": ("'self'", "blob:", *inline_scripts()),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:", "blob:"),
        "font-src": ("'self'", "data:"),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


@cache
def inline_scripts() -> tuple[str, ...]:
    """Hashes of the scripts inside Streamlit's page."""
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = _INLINE_SCRIPT.findall(page.read_bytes())
    return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)
