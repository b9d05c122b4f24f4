"""What is wrong with the machine or the settings, in plain words, before the server starts."""

import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playground.artifacts.storage import StorageError, storage
from playground.runs.fork_server import ForkServerError, require_fork
from playground.runs.store import Store, StoreError, sqlite_url
from playground.settings import Settings, SettingsError, settings, unknown_variables
from playground.web.readiness import data_folder_problem, disk_problem

SERVER_BYTES = 600_000_000
"""Memory of the server and the process from which runs are forked."""

_OPEN_FILES = 65_536
"""Each visitor needs a few; systems often start with 1,024, and allow more to those who ask."""

logger = logging.getLogger(__name__)


class CannotStartError(Exception):
    """The server cannot start. The message says why, and what to do."""


def check_start() -> None:
    """Raises CannotStartError with everything that prevents a start. Otherwise, makes room for many connections."""
    try:
        require_fork()
        current = settings()
    except (ForkServerError, SettingsError) as error:
        raise CannotStartError(str(error)) from None
    problems = list(_problems(current))
    if problems:
        raise CannotStartError("\n".join(problems))
    _allow_open_files()


def warn() -> None:
    """Logs what the operator should know, although the server can start."""
    for sentence in (*unknown_variables(), *_low_memory()):
        logger.warning("%s", sentence)


def _problems(current: Settings) -> Iterator[str]:
    folder = data_folder_problem(current.data)
    if folder:
        yield folder
        return  # the database is in it
    if full := disk_problem(current.data):
        yield full
    try:
        Store(current.database or sqlite_url(current.data)).close()
    except StoreError as error:
        yield f"the database cannot be used: {error}"
    try:
        storage()
    except StorageError as error:
        yield error.detail


def _low_memory() -> Iterator[str]:
    available = available_bytes()
    if available is not None and available < SERVER_BYTES:
        yield (
            f"only {available / 1e6:.0f} MB of memory are available, and the server alone needs about {SERVER_BYTES / 1e6:.0f} MB: the "
            "system may end it or its runs at any time; end other programs, or use a larger machine"
        )


def available_bytes() -> int | None:
    """Memory that this process may still use: of the machine, or what the limit of its container leaves; None if that is unknown.

    Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, memory.max"""
    bounds = []
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        bounds.append(1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]))
    group = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):
        bounds.append(int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    return min(bounds, default=None)


def _allow_open_files() -> None:
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
