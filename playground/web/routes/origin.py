"""Which pages may open a WebSocket here or make expensive requests."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from streamlit import config
from streamlit.web.server.server_util import allowlisted_origins

FORBIDDEN = 4403
"""Close code of a WebSocket opened by a page of another site."""


def origin_allowed(connection: HTTPConnection) -> bool:
    """Whether the page that opens the socket or makes the request is one of ours.

    Browsers let any page connect anywhere and send the page's origin, so the server must refuse. Other clients send no origin. Besides
    the server's own address, Streamlit's settings apply (`server.corsAllowedOrigins`, `server.enableCORS`, `browser.serverAddress`), but
    not its lookup of this machine's address on the internet, which would delay every request from another site."""
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
