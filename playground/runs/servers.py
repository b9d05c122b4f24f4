"""Which servers currently use a data folder: each holds a lock on its own file, which the system releases when the server ends, however it
ends."""

import secrets
from pathlib import Path

from filelock import FileLock, Timeout


class ServerLock:
    """This server's lock file in the folder, held until `close`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._lock = FileLock(folder / self.name, blocking=False, thread_local=False)
        self._lock.acquire()

    def is_gone(self, name: str) -> bool:
        """Whether the server of this name has ended. If so, its lock file is removed."""
        if name == self.name:
            return False
        path = self._folder / Path(name).name
        if not path.is_file():
            return True
        try:
            with FileLock(path, blocking=False):
                path.unlink(missing_ok=True)
        except Timeout:
            return False
        return True

    def close(self) -> None:
        self._lock.release()
        (self._folder / self.name).unlink(missing_ok=True)
