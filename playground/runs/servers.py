"""Which servers work in a data folder now: each holds a lock on a file of its own, which the system lifts when it ends, however it ends."""

import fcntl
import os
import secrets
from pathlib import Path


class ServerMark:
    """This server's mark in the folder, there until `close`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._file = (folder / self.name).open("wb")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def is_gone(self, name: str) -> bool:
        """Whether the server of this name has ended; its mark is removed then."""
        if name == self.name:
            return False
        path = self._folder / Path(name).name
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    def close(self) -> None:
        (self._folder / self.name).unlink(missing_ok=True)
        self._file.close()
