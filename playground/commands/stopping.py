"""Ctrl-C ends a command gracefully: it finishes its step and keeps its results."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.training.control import Control


@contextmanager
def stopped_by_signals(control: "Control", *, at_checkpoint: bool = False) -> Iterator[Callable[[], None]]:
    """The first Ctrl-C (or SIGTERM) requests a stop; the second ends the program as usual.

    at_checkpoint: whether to stop at the next checkpoint, so that the run can be resumed from its very last step. Yields a function to be
    called for every checkpoint that was made."""
    is_requested = False

    def receive(number: int, frame: FrameType | None) -> None:
        nonlocal is_requested
        if is_requested:
            raise KeyboardInterrupt
        is_requested = True
        if at_checkpoint:
            control.checkpoint = True
        else:
            control.stop = True

    def checkpoint_made() -> None:
        control.stop = is_requested

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield checkpoint_made
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
