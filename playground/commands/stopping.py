"""Ctrl-C asks a command to end; it does so in its own time, with what it has kept."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.training.control import Control


@contextmanager
def stopped_by_signals(control: "Control") -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) asks the engine to end; the second ends the program as usual."""

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
