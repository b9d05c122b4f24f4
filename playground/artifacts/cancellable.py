"""Blocking calls to a server that can be abandoned at any moment: a separate thread waits for the server."""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.2
"""Maximum delay after cancelling."""


class AbandonedError(Exception):
    """The call was abandoned."""


class CancellableThread:
    """Runs one call after another in a thread. If abandoned during a call, the thread ends after it and closes its result; nobody waits
    for that.

    stopped: returns whether to abandon the current call."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._calls: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        threading.Thread(target=self._serve, name="cancellable download", daemon=True).start()

    def __enter__(self) -> "CancellableThread":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._calls.put(None)

    def wait_for(self, call: Callable[[], T]) -> T:
        """The result of the call. Raises: what it raises; AbandonedError."""
        self._calls.put(call)
        while True:
            try:
                result, error = self._results.get(timeout=_LOOK_SECONDS)
            except Empty:
                if self._stopped():
                    raise AbandonedError from None
                continue
            if error is not None:
                raise error
            typed: T = result
            return typed

    def _serve(self) -> None:
        """Runs until the `with` block ends. Of the results, only those that have to be closed are kept until then."""
        to_close = []
        while (call := self._calls.get()) is not None:
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 — raised again in the waiting thread
                self._results.put((None, error))
            else:
                if hasattr(result, "close"):
                    to_close.append(result)
                self._results.put((result, None))
            call = result = None
        for response in to_close:
            with suppress(OSError):
                response.close()
