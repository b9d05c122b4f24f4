"""How many runs fit into the memory of this machine, and how much of it one may take."""

import os
from contextlib import suppress
from pathlib import Path

RUN_BYTES = 60_000_000
"""Own memory of a training process: 36 MB for a small network, more for its checkpoints, its data and larger ones."""
_SHARE = 0.5
_RUN_SHARE = 0.75
_MOST = 256
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Of a container, which sees its own group there, in both versions of control groups."""


def runs_that_fit() -> int:
    """Runs that fit into half of the memory."""
    return max(2, min(_MOST, int(_SHARE * _memory_bytes() / RUN_BYTES)))


def most_run_bytes() -> int:
    """What one run may take, so that the rest of the machine can go on."""
    return int(_RUN_SHARE * _memory_bytes())


def _memory_bytes() -> int:
    """Of the machine, or of the control group of this process if that is less.

    Sources: https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max), https://docs.kernel.org/admin-guide/cgroup-v1/memory.html"""
    bounds = [8_000_000_000]
    with suppress(ValueError, OSError, AttributeError):
        bounds = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in _LIMITS:
        with suppress(OSError, ValueError):  # another system or version, or "max"
            bounds.append(int(limit.read_text()))
    return min(bounds)
