"""A talk with a server that can be left at any moment: what waits for the server waits in a thread of its own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.2
"""How long somebody who stops waits at most."""


class LeftError(Exception):
    """Nobody waits any more."""


class Line:
    """Does one piece of work after another. One that is left in the midst of something ends with it, and closes what came of it: nobody
    waits for that.

    stopped: whether nobody wants the answer any more."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._asked: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        threading.Thread(target=self._serve, name="line to a server", daemon=True).start()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._asked.put(None)

    def wait_for(self, work: Callable[[], T]) -> T:
        """What the work gives. Raises: what it raises; LeftError."""
        self._asked.put(work)
        while True:
            try:
                result, error = self._answered.get(timeout=_LOOK_SECONDS)
            except Empty:
                if self._stopped():
                    raise LeftError from None
                continue
            if error is not None:
                raise error
            found: T = result
            return found

    def _serve(self) -> None:
        """Until the line is left. What can be closed, and only it, is kept until then."""
        open_answers = []
        while (work := self._asked.get()) is not None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 — raised again where it is waited for
                self._answered.put((None, error))
            else:
                if hasattr(result, "close"):
                    open_answers.append(result)
                self._answered.put((result, None))
            work = result = None
        for answer in open_answers:
            with suppress(OSError):
                answer.close()
