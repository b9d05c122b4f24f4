"""Readers of a folder hold it, and a folder that is held is not deleted: a lock on the folder itself, which the operating system releases
when a process ends, in whatever way."""

import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform != "win32":
    import fcntl


class Hold:
    """Keeps a folder from being deleted until `close`, until the `with` block ends, or until nothing refers to it any more."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> "Hold":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Releases the folder; does nothing if it was released before."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def held(folder: Path) -> Hold | None:
    """Holds the folder, possibly together with others; None if it does not exist or is being deleted. Raises: OSError."""
    if sys.platform == "win32":  # a folder cannot be locked there, and `alone` lets nobody delete it
        return Hold(None) if folder.is_dir() else None
    return _locked(folder, fcntl.LOCK_SH)


def alone(folder: Path) -> Hold | None:
    """Holds the folder exclusively; None if someone else holds it or it does not exist, and always on Windows. Raises: OSError."""
    return None if sys.platform == "win32" else _locked(folder, fcntl.LOCK_EX)


def _locked(folder: Path, how: int) -> Hold | None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    hold = Hold(descriptor)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), folder.stat()):
            return hold
    except (BlockingIOError, FileNotFoundError):  # held by someone else, or moved away before it was locked
        hold.close()
        return None
    except OSError:
        hold.close()
        raise
    hold.close()
    return None
