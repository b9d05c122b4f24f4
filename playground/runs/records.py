"""The stored runs of a server, opened on first use."""

import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from playground.artifacts.storage import fetch_newest, keep_as_own
from playground.parsing import parse_spec
from playground.runs.access import Access
from playground.runs.archive import Archive
from playground.runs.database import StoreError, sqlite_url
from playground.runs.deletion import Deletion
from playground.runs.directory import RunDirectory
from playground.runs.info import RunState
from playground.runs.live import LiveRun
from playground.runs.periodic import Periodic
from playground.runs.relay import Relay
from playground.runs.run_error import RunError
from playground.runs.run_files import RunFiles
from playground.runs.servers import ServerLock, Servers
from playground.runs.store import Store
from playground.runs.wakeups import Wakeups
from playground.settings import settings
from playground.spec import SpecError

INTERRUPTED = "The server was stopped or restarted before this run had ended."
WRITE_SECONDS = 1.0


class Work(Protocol):
    """What is done with the store at regular intervals, each by a thread of its own."""

    def write(self) -> None:
        """Writes the latest changes."""

    def look(self) -> None:
        """Looks for what other servers have sent."""

    def seconds(self) -> float:
        """How long to wait until the next `look`."""

    def concerns(self, name: str) -> bool:
        """Whether to look at once when there is something about this server or run."""


class Opened(NamedTuple):
    """The store while it is open."""

    lock: ServerLock
    servers: Servers
    store: Store
    archive: Archive
    relay: Relay
    writer: Periodic
    courier: Periodic
    wakeups: Wakeups


class Records:
    """The store, with its reader (the archive) and its writer. Safe to use from any thread.

    directory: the data folder. database: URL of a database to use instead of SQLite in that folder.
    Raises (any method that opens it): StoreError if the database refuses."""

    def __init__(self, directory: Path, database: str | None, work: Work) -> None:
        self._directory = directory
        self._database = database or sqlite_url(directory)
        self._work = work
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def open(self) -> Opened:
        """The first call also marks the runs that an earlier server left unfinished."""
        with self._lock:
            if self._opened is None:
                try:
                    lock = ServerLock(self._directory / "servers")
                except OSError as error:
                    raise StoreError(
                        f"{self._directory}: cannot be written ({error.strerror}); make it writable, or set PLAYGROUND_DATA to another"
                    ) from None
                try:
                    store = Store(self._database)
                    servers = Servers(lock, store)
                    store.interrupt(servers.is_gone, INTERRUPTED)
                except BaseException:
                    lock.close()
                    raise
                writer = Periodic("Storing runs", self._keep_up, lambda: WRITE_SECONDS)
                courier = Periodic("Looking for other servers", self._work.look, self._work.seconds)
                wakeups = Wakeups(store, self._work.concerns, courier.wake)
                self._opened = Opened(
                    lock, servers, store, Archive(store, self._directory / "runs"), Relay(store), writer, courier, wakeups
                )
            return self._opened

    def _keep_up(self) -> None:
        self.open().servers.beat()
        self._work.write()

    def mark_interrupted(self) -> None:
        """Marks the runs that servers which are gone have left unfinished."""
        opened = self.open()
        opened.store.interrupt(opened.servers.is_gone, INTERRUPTED)

    @property
    def server(self) -> str:
        """The name under which this server's runs are stored."""
        return self.open().lock.name

    def revived(self, run_id: str, states: Collection[RunState]) -> LiveRun | None:
        """A stored run in one of these states, which this server continues from now on; None if there is none, or if another server has
        it."""
        opened = self.open()
        run = opened.store.get(run_id)
        if run is None or run.state not in states:
            return None
        if run.server != opened.lock.name and not opened.servers.is_gone(run.server):
            return None
        try:
            spec = parse_spec(run.spec)
        except SpecError:  # of a later version
            return None
        if not opened.store.take_over(run, opened.lock.name):
            return None
        opened.archive.forget(run_id)
        fetch_newest(f"runs/{run_id}", soon=False)
        keep_as_own(f"runs/{run_id}")
        directory = RunDirectory(self._directory / "runs" / run_id)
        with suppress(RunError):  # the server may have ended before it stored the last change
            spec = max(spec, spec.model_copy(update={"changes": directory.spec().changes}), key=lambda each: len(each.changes))
        files = RunFiles(directory, spec)
        return LiveRun.stored(run, spec, files, opened.archive.rebuilt(run))

    @property
    def store(self) -> Store:
        return self.open().store

    @property
    def archive(self) -> Archive:
        return self.open().archive

    @property
    def access(self) -> Access:
        return Access(self.store, settings().unclaimed_uploads)

    @property
    def deletion(self) -> Deletion:
        return Deletion(self.store, self._directory / "runs")

    def write_soon(self) -> None:
        """Writes the latest changes immediately, if the store is open."""
        if self._opened is not None:
            self._opened.writer.wake()

    def close(self) -> None:
        """Writes a last time. No method may be called afterwards."""
        with self._lock:
            opened = self._opened
        if opened is not None:
            opened.wakeups.close()
            opened.courier.close()  # not under the lock, which the last look and the last write need
            opened.writer.close()
            with suppress(StoreError):  # the others will notice
                opened.servers.close()
            opened.store.close()
            opened.lock.close()
