"""Ctrl-C ends a command gracefully: it finishes its step and keeps its results."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.training.control import Control


@contextmanager
def stopped_by_signals(control: "Control") -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) requests a stop; the second ends the program as usual."""

    def stop(number: int, frame: FrameType | None) -> None:
        if control.stop:
            raise KeyboardInterrupt
        control.stop = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
