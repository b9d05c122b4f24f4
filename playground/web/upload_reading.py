"""Reads uploads for pages: within what a visit may use of the processor, and only as long as its visitor waits for the result."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from playground.own.work import Work, counted_as, is_counted
from playground.settings import settings
from playground.web import session

_USED = "upload_reading.used"
_WINDOW_SECONDS = 3600.0

_P = ParamSpec("_P")
_R = TypeVar("_R")


def reads(kept: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """For a function of a page that reads uploads, whose last results are kept, as by `lru_cache`. It ends when the visitor leaves, removes
    the file or changes a setting: Streamlit then breaks the script off, as it does between two elements of a page."""

    def reading(read: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(read)
        def within_limits(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with visit_reads(session.give_way):
                return read(*args, **kwargs)

        return cast("Callable[_P, _R]", lru_cache(maxsize=kept)(within_limits))

    return reading


@contextmanager
def visit_reads(is_wanted: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Within this block, what is read is charged to the visit. is_wanted: as in `Work`; a callback, which must not be broken off, has
    none."""
    if is_counted():
        yield
        return
    work = Work(is_wanted, left_seconds(), _over())
    try:
        with counted_as(work):
            yield
    finally:
        session.choose(_USED, (_used_seconds() + work.seconds, time.monotonic()))


def left_seconds() -> float:
    """Processor time that this visit may still use for reading."""
    return settings().upload_seconds_per_visit - _used_seconds()


def _used_seconds() -> float:
    used, at = session.choice(_USED, (0.0, 0.0))
    back = (time.monotonic() - at) * settings().upload_seconds_per_visit / _WINDOW_SECONDS
    return float(max(0.0, used - back))


def _over() -> str:
    return (
        f"reading your uploads has taken {settings().upload_seconds_per_visit:g} seconds of processor time, all that one visit may use "
        f"within an hour; wait some minutes, or upload less data. The operator of this server can allow more: "
        f"PLAYGROUND_UPLOAD_SECONDS_PER_VISIT"
    )
