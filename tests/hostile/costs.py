"""What a call takes of the processor and of memory."""

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

CPU_SECONDS = 0.5
"""Of the server, until a network is shown or refused."""
SLOWER = 3
"""How many times slower the machine of the tests may be, while other tests run on it."""
MEMORY_BYTES = 100_000_000


def cpu_seconds(call: Callable[[], Any]) -> float:
    """Of this thread: others do not count."""
    before = time.thread_time()
    call()
    return time.thread_time() - before


def peak_bytes(call: Callable[[], Any]) -> int:
    """The most that Python's objects take of memory meanwhile."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
