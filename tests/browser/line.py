"""A slow line between Streamlit and a page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The line from Streamlit to the page, on which messages can be held up."""

    def __init__(self, page: Page) -> None:
        self._held: list[Callable[[], None]] = []
        self.holding = False
        page.route_web_socket(re.compile("_stcore/stream"), self._connected)

    def _connected(self, to_page: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self.holding:
                self._held.append(lambda: to_page.send(message))
            else:
                to_page.send(message)

        to_page.connect_to_server().on_message(pass_on)

    def release(self) -> None:
        self.holding = False
        for send in self._held:
            send()
