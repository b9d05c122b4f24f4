"""Which pages may open a WebSocket here."""

from urllib.parse import urlsplit

from starlette.websockets import WebSocket
from streamlit.web.server.server_util import is_url_from_allowed_origins

FORBIDDEN = 4403
"""Close code of a WebSocket that a foreign page asked for."""


def origin_allowed(websocket: WebSocket) -> bool:
    """Whether the page that opens the socket is one of ours.

    A browser always names the page's origin, and lets any page connect anywhere, so it is for the server to refuse. What is
    not a browser names none. Beyond the server's own address the rules are Streamlit's (`server.corsAllowedOrigins`,
    `server.enableCORS`, `browser.serverAddress`), so that whoever may use the app may also watch it live."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == websocket.headers.get("host") or bool(is_url_from_allowed_origins(origin))
