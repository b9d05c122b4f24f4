"""A bound on the uploaded files that Streamlit holds in memory, for all visitors together.

Streamlit keeps every file that a browser sends until its session ends. Pages take their files out of it (`held_files.take`); this is for
those that no page takes, and for many that arrive at once."""

import asyncio
from collections import Counter, deque

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from playground.settings import settings

UNTAKEN_SECONDS = 60.0
"""How long a file is kept that no page takes, after the last one of its visit has arrived: a page waits for all files of an upload."""
_ROUTE = "/_stcore/upload_file/"


class BoundedUploads:
    """Middleware: after an upload, the files that arrived first are removed until the rest fits into the limit; and later, those that no
    page has taken."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arrived: deque[tuple[str, str]] = deque()
        self._arriving: Counter[str] = Counter()
        self._later: dict[str, asyncio.TimerHandle] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or _ROUTE not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session, _, file = scope["path"].rpartition(_ROUTE)[2].partition("/")
        self._arriving[session] += 1
        if session in self._later:
            self._later.pop(session).cancel()
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving[session] -= 1
            self._arrived.append((session, file))
            manager = runtime.get_instance().uploaded_file_mgr
            if isinstance(manager, MemoryUploadedFileManager):
                self._bound(manager)
                if not self._arriving[session]:
                    del self._arriving[session]
                    self._later[session] = asyncio.get_running_loop().call_later(UNTAKEN_SECONDS, self._forget, manager, session)

    def _bound(self, manager: MemoryUploadedFileManager) -> None:
        sizes = {arrival: sum(len(each.data) for each in manager.get_files(arrival[0], [arrival[1]])) for arrival in self._arrived}
        total = sum(sizes.values())
        while self._arrived and (total > settings().upload_held_bytes or not sizes[self._arrived[0]]):
            arrival = self._arrived.popleft()
            manager.remove_file(*arrival)
            total -= sizes[arrival]

    def _forget(self, manager: MemoryUploadedFileManager, session: str) -> None:
        """Removes the files of a visit that are still there."""
        self._later.pop(session, None)
        for arrival in [arrival for arrival in self._arrived if arrival[0] == session]:
            self._arrived.remove(arrival)
            manager.remove_file(*arrival)
