"""A bound on the uploaded files that Streamlit holds in memory, for all visitors together.

Streamlit keeps every file that a browser sends until its session ends. Pages take their files out of it (`held_files.take`); this is for
those that no page takes, and for many that arrive at once."""

from collections import deque

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from playground.settings import settings

_ROUTE = "/_stcore/upload_file/"


class BoundedUploads:
    """Middleware: after an upload, the files that arrived first are removed until the rest fits into the limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arrived: deque[tuple[str, str]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "PUT" and _ROUTE in scope["path"]:
            session, _, file = scope["path"].rpartition(_ROUTE)[2].partition("/")
            self._arrived.append((session, file))
            manager = runtime.get_instance().uploaded_file_mgr
            if isinstance(manager, MemoryUploadedFileManager):
                self._bound(manager)

    def _bound(self, manager: MemoryUploadedFileManager) -> None:
        sizes = {arrival: sum(len(each.data) for each in manager.get_files(arrival[0], [arrival[1]])) for arrival in self._arrived}
        total = sum(sizes.values())
        while self._arrived and (total > settings().upload_held_bytes or not sizes[self._arrived[0]]):
            arrival = self._arrived.popleft()
            manager.remove_file(*arrival)
            total -= sizes[arrival]
