"""How many runs fit into the memory of this machine, and how much of it one may take."""

import os
from contextlib import suppress
from pathlib import Path

RUN_BYTES = 60_000_000
"""Own memory of a training process: 36 MB for a small network, more for its checkpoints, its data and larger ones."""
_SHARE = 0.5
_RUN_SHARE = 0.75
_MOST = 256
_LIMIT = Path("/sys/fs/cgroup/memory.max")


def runs_that_fit() -> int:
    """Runs that fit into half of the memory."""
    return max(2, min(_MOST, int(_SHARE * _memory_bytes() / RUN_BYTES)))


def most_run_bytes() -> int:
    """What one run may take, so that the rest of the machine can go on."""
    return int(_RUN_SHARE * _memory_bytes())


def _memory_bytes() -> int:
    """Of the machine, or of the control group of this process if that is less.

    Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, memory.max"""
    bounds = [8_000_000_000]
    with suppress(ValueError, OSError, AttributeError):
        bounds = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with suppress(OSError, ValueError):  # not on Linux, or "max"
        bounds.append(int(_LIMIT.read_text()))
    return min(bounds)
