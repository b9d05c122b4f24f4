"""Who reads a folder holds it, and what is held is not deleted: a lock on the folder itself, which the system lifts when a process ends,
however it does."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Hold:
    """A folder that stays until `close`, or until the block ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def __enter__(self) -> "Hold":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of it; once more does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def held(folder: Path) -> Hold | None:
    """Holds the folder together with others who do; None where there is none, or it is being deleted. Raises: OSError."""
    return _locked(folder, fcntl.LOCK_SH)


def alone(folder: Path) -> Hold | None:
    """Holds the folder where nobody else does; None where somebody does, or there is none. Raises: OSError."""
    return _locked(folder, fcntl.LOCK_EX)


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
    except (BlockingIOError, FileNotFoundError):  # held by another; or moved away before the lock was there
        hold.close()
        return None
    except OSError:
        hold.close()
        raise
    hold.close()
    return None
