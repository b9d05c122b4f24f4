"""Which pages may open a WebSocket here, or ask for what takes time."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from streamlit import config
from streamlit.web.server.server_util import allowlisted_origins

FORBIDDEN = 4403
"""Close code of a WebSocket that a foreign page asked for."""


def origin_allowed(connection: HTTPConnection) -> bool:
    """Whether the page that opens the socket, or asks, is one of ours.

    A browser always names the page's origin, and lets any page connect anywhere, so it is for the server to refuse. What is
    not a browser names none. Beyond the server's own address Streamlit's settings hold (`server.corsAllowedOrigins`,
    `server.enableCORS`, `browser.serverAddress`), but not its question to the internet which address this machine has: it
    would wait for the answer at every foreign page."""
    origin = connection.headers.get("origin")
    if origin is None or not config.get_option("server.enableCORS"):
        return True
    try:
        page = urlsplit(origin)
        hostname = page.hostname
    except ValueError:
        return False
    if page.netloc == connection.headers.get("host") or origin in allowlisted_origins():
        return True
    address = config.get_option("browser.serverAddress") if config.is_manually_set("browser.serverAddress") else None
    return address is not None and hostname == address
