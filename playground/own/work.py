"""How much work it may be to read what was uploaded, in pixels and in processor time, and how reading ends when nobody waits for it.

Everything that reads calls `go_on` again and again. The public functions of `playground.own` that take long are `limited`: each call has
the limits of the settings, or shares those that a `Work` around it sets for a visit."""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from playground.own.errors import OwnDataError
from playground.settings import settings

ASK_SECONDS = 0.05
"""How often it is asked whether anybody still waits."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class TooMuchWorkError(OwnDataError):
    """Reading would take more than the limits allow. Once raised, it is raised again by whatever goes on all the same."""


class Work:
    """Counts the work of one upload, in the thread that reads it.

    is_wanted: called several times a second; it raises if nobody waits for the result any longer. most_seconds: of processor time, besides
    `settings().upload_seconds`; over: what to say when they are used up. clock: of the thread's processor time."""

    def __init__(
        self,
        is_wanted: Callable[[], object] = lambda: None,
        most_seconds: float = float("inf"),
        over: str = "",
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._is_wanted, self._most_seconds, self._over, self._clock = is_wanted, most_seconds, over, clock
        self._since = clock()
        self._limits = settings()
        self._asked = -ASK_SECONDS
        self.pixels = 0

    @property
    def seconds(self) -> float:
        """Processor time so far."""
        return self._clock() - self._since

    def go_on(self, pixels: int) -> None:
        """Raises: TooMuchWorkError; and what `is_wanted` raises."""
        self.pixels += pixels
        limits, seconds = self._limits, self.seconds
        if self.pixels > limits.upload_total_pixels:
            raise TooMuchWorkError(
                f"the images have more than {limits.upload_total_pixels:,} pixels together, the limit for an upload; upload fewer or "
                f"smaller images. The operator of this server can allow more: PLAYGROUND_UPLOAD_TOTAL_PIXELS"
            )
        if seconds > limits.upload_seconds:
            raise TooMuchWorkError(
                f"reading takes more than {limits.upload_seconds:g} seconds of processor time, the limit for an upload; upload less data. "
                f"The operator of this server can allow more: PLAYGROUND_UPLOAD_SECONDS"
            )
        if seconds > self._most_seconds:
            raise TooMuchWorkError(self._over)
        now = time.monotonic()
        if now - self._asked >= ASK_SECONDS:
            self._asked = now
            self._is_wanted()


_WORK: ContextVar[Work | None] = ContextVar("work", default=None)


def go_on(pixels: int = 0) -> None:
    """Between two parts of reading, each of a fraction of a second. pixels: that are decoded next.

    Raises: TooMuchWorkError if the limits are exceeded; and what the `Work` around raises if nobody waits any longer."""
    work = _WORK.get()
    if work is not None:
        work.go_on(pixels)


def is_counted() -> bool:
    """Whether what is read here counts as the work of somebody already."""
    return _WORK.get() is not None


@contextmanager
def counted_as(work: Work) -> Iterator[Work]:
    """Within this block, everything that is read counts as this work."""
    token = _WORK.set(work)
    try:
        yield work
    finally:
        _WORK.reset(token)


def limited(read: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function that reads what was uploaded, within the limits of the settings unless there is a `Work` around it already."""

    @functools.wraps(read)
    def within_limits(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if is_counted():
            return read(*args, **kwargs)
        with counted_as(Work()):
            return read(*args, **kwargs)

    return within_limits
