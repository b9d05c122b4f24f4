"""Which servers use a database, and which of them are gone.

Each server holds a lock on a file in its data folder, which the system releases when the server ends, however it ends. So servers that
share a folder know at once. Each also has a row in the database, in which it counts: of a server on another machine, the others learn that
it is gone when its number has not changed for `GONE_SECONDS`. No two clocks are compared, and no time counts in which the database was
away."""

import math
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import delete, select, update

from playground.runs.database import Database
from playground.runs.tables import Server

BEAT_SECONDS = 2.0
GONE_SECONDS = 10.0


class ServerLock:
    """This server's lock file in the folder, held until `close`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._lock = FileLock(folder / self.name, blocking=False, thread_local=False)
        self._lock.acquire()

    def holds(self, name: str) -> bool | None:
        """Whether the server of this name holds its lock; None if it has none in this folder."""
        path = self._path(name)
        if not path.is_file():
            return None
        try:
            with FileLock(path, blocking=False):
                return False
        except Timeout:
            return True

    def forget(self, name: str) -> None:
        """Removes the lock file of a server that is gone."""
        self._path(name).unlink(missing_ok=True)

    def close(self) -> None:
        self._lock.release()
        self.forget(self.name)

    def _path(self, name: str) -> Path:
        return self._folder / Path(name).name


class Servers:
    """This server among the others. Any thread may call any method.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, lock: ServerLock, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._database, self._clock = lock, database, clock
        self._observing = threading.Lock()
        self._observed: dict[str, tuple[int, float]] = {}
        """The number of each server, and since when it has been seen."""
        self._looked = -math.inf
        self.beat()

    @property
    def name(self) -> str:
        """Under which the runs of this server are stored."""
        return self._lock.name

    @property
    def alone(self) -> bool:
        """Whether no other server uses the database, as of the last `beat`."""
        return self._observed.keys() <= {self.name}

    def beat(self) -> None:
        """Shows that this server lives, if that is due. To be called about every second."""
        now = self._clock()
        if now - self._looked < BEAT_SECONDS:
            return
        with self._database.session() as session:
            beats = {row.name: row.beat for row in session.execute(select(Server.name, Server.beat))}
            if self.name not in beats:
                session.add(Server(name=self.name, beat=0))
            elif len(beats) > 1:
                session.execute(update(Server).where(Server.name == self.name).values(beat=Server.beat + 1))
        with self._observing:
            if now - self._looked > GONE_SECONDS / 2:  # the database was away, and perhaps for all
                self._observed = {name: (beat, now) for name, (beat, _) in self._observed.items()}
            before, self._looked = self._observed, now
            self._observed = {name: before[name] if before.get(name, (None,))[0] == beat else (beat, now) for name, beat in beats.items()}

    def is_gone(self, name: str) -> bool:
        """Whether the server of this name has ended."""
        if name == self.name:
            return False
        holds = self._lock.holds(name)
        if holds is not None:
            return not holds
        with self._database.session() as session:
            if session.get(Server, name) is None:
                return True
        beat = self._observed.get(name)
        return beat is not None and self._looked - beat[1] >= GONE_SECONDS

    def gone(self) -> set[str]:
        """The servers that have a row and are gone."""
        return {name for name in tuple(self._observed) if self.is_gone(name)}

    def forget(self, name: str) -> None:
        """Removes what is left of a server that is gone."""
        self._leave(name)
        self._lock.forget(name)

    def close(self) -> None:
        """This server ends."""
        self._leave(self.name)

    def _leave(self, name: str) -> None:
        with self._database.session() as session:
            session.execute(delete(Server).where(Server.name == name))
        with self._observing:
            self._observed.pop(name, None)
