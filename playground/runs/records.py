"""What is kept of a server's runs, opened when it is first needed."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playground.runs.archive import Archive
from playground.runs.keeper import Keeper
from playground.runs.servers import ServerMark
from playground.runs.store import Store

_CUT_OFF = "The server was stopped or restarted before this run had ended. What it had learned by its last snapshot is kept."


class _Opened(NamedTuple):
    mark: ServerMark
    store: Store
    archive: Archive
    keeper: Keeper


class Records:
    """The store with who reads it (the archive) and who writes it (the keeper). Any thread may ask.

    directory: the data folder. database: URL of another database than SQLite in that folder. write: what the keeper does by the clock.
    Raises (whatever opens it): StoreError if the database refuses."""

    def __init__(self, directory: Path, database: str | None, write: Callable[[], None]) -> None:
        self._directory = directory
        self._database = database or f"sqlite:///{directory / 'playground.db'}"
        self._write = write
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def open(self) -> _Opened:
        """The first time this also marks the runs that an earlier server left unfinished."""
        with self._lock:
            if self._opened is None:
                mark = ServerMark(self._directory / "servers")
                try:
                    store = Store(self._database)
                    store.interrupt(mark.is_gone, _CUT_OFF)
                except BaseException:
                    mark.close()
                    raise
                self._opened = _Opened(mark, store, Archive(store, self._directory / "runs"), Keeper(self._write))
            return self._opened

    @property
    def server(self) -> str:
        """The name under which this server's runs are kept."""
        return self.open().mark.name

    @property
    def store(self) -> Store:
        return self.open().store

    @property
    def archive(self) -> Archive:
        return self.open().archive

    def hurry(self) -> None:
        """What has happened is written at once, if anything is written at all yet."""
        if self._opened is not None:
            self._opened.keeper.hurry()

    def close(self) -> None:
        """Writes a last time. Nothing may be asked afterwards."""
        with self._lock:
            opened = self._opened
        if opened is not None:
            opened.keeper.close()  # not under the lock, which the keeper needs for its last writing
            opened.store.close()
            opened.mark.close()
