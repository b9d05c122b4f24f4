"""A slow connection between Streamlit and a page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute


class Connection:
    """The connection from Streamlit to `page`, a tab of its own for the same visitor. While `holding`, messages are held back."""

    def __init__(self, visitor: Page) -> None:
        self._held: list[Callable[[], None]] = []
        self.holding = False
        self.page = visitor.context.new_page()
        self.page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, to_page: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self.holding:
                self._held.append(lambda: to_page.send(message))
            else:
                to_page.send(message)

        to_page.connect_to_server().on_message(pass_on)

    def release(self) -> None:
        """Sends what was held back, in order."""
        self.holding = False
        for send in self._held:
            send()
