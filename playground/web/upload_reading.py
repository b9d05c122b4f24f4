"""Reads uploads for pages: within what a visit may use of the processor, only as long as its visitor waits for the result, and only so
many at once for all visitors."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

import streamlit as st

from playground.catalog.messages import counted
from playground.own.work import Work, counted_as, is_counted
from playground.settings import settings
from playground.web import session
from playground.web.reading_slots import reading_slots

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
            line = st.empty()

            def say(text: str) -> None:
                line.caption(text) if text else line.empty()

            with visit_reads(session.give_way, say):
                return read(*args, **kwargs)

        return cast("Callable[_P, _R]", lru_cache(maxsize=kept)(within_limits))

    return reading


@contextmanager
def visit_reads(is_wanted: Callable[[], object] = lambda: None, say: Callable[[str], object] = lambda text: None) -> Iterator[None]:
    """Within this block, what is read is charged to the visit. It begins when fewer uploads of others are being read.

    is_wanted: as in `Work`; a callback, which must not be broken off, has none. say: shows how many uploads are to be read before; "" when
    the wait is over."""
    if is_counted():
        yield
        return
    with reading_slots().slot(_waiting(is_wanted, say)):
        work = Work(is_wanted, left_seconds(), _over())
        try:
            with counted_as(work):
                yield
        finally:
            session.choose(_USED, (_used_seconds() + work.seconds, time.monotonic()))


def _waiting(is_wanted: Callable[[], object], say: Callable[[str], object]) -> Callable[[int], None]:
    said = 0

    def wait(ahead: int) -> None:
        nonlocal said
        is_wanted()
        if ahead != said:
            said = ahead
            say(f"Waiting until {counted(ahead, 'other upload')} {'has' if ahead == 1 else 'have'} been read." if ahead else "")

    return wait


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
