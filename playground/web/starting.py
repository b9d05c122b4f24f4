"""What is wrong with the machine or the settings, in plain words, before the server starts."""

import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playground.artifacts.storage import StorageError, storage
from playground.runs.database import Database, StoreError, sqlite_url
from playground.runs.fork_server import ForkServerError, require_fork
from playground.settings import Settings, SettingsError, settings, unknown_variables
from playground.web.process_memory import memory_bytes
from playground.web.readiness import data_folder_problem, disk_problem

SERVER_BYTES = 600_000_000
"""Memory of the server and the process from which runs are forked."""

_OPEN_FILES = 65_536
"""Each visitor needs a few; systems often start with 1,024, and allow more to those who ask."""

_LIMITS = (
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
"""Of a container, which sees its own group there: the folder, its limit and what is used, in both versions of control groups."""

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
        Database(current.database or sqlite_url(current.data)).close()
    except StoreError as error:
        yield f"the database cannot be used: {error}"
    try:
        storage()
    except StorageError as error:
        yield error.detail


def _low_memory() -> Iterator[str]:
    available = available_bytes()
    if available is None:
        return
    available += sum(memory_bytes().values())  # most modules are imported by now
    if available < SERVER_BYTES:
        yield (
            f"only {available / 1e6:.0f} MB of memory are available, and the server alone needs about {SERVER_BYTES / 1e6:.0f} MB: the "
            "system may end it or its runs at any time; end other programs, or use a larger machine"
        )


def available_bytes() -> int | None:
    """Memory that this process may use besides what it has: of the machine, or what the limit of its container leaves; None if that is
    unknown.

    Sources: https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max), https://docs.kernel.org/admin-guide/cgroup-v1/memory.html"""
    bounds = []
    with suppress(OSError, ValueError, KeyError):
        bounds.append(1024 * _numbers(Path("/proc/meminfo"))["MemAvailable:"])
    for group, limit, used in _LIMITS:
        with suppress(OSError, ValueError, KeyError):  # files of the disk that can be read again do not count
            cached = _numbers(group / "memory.stat").get("inactive_file", 0)
            bounds.append(int((group / limit).read_text()) - int((group / used).read_text()) + cached)
    return min(bounds, default=None)


def _numbers(file: Path) -> dict[str, int]:
    return {name: int(number) for name, number, *_ in map(str.split, file.read_text().splitlines())}


def _allow_open_files() -> None:
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
