"""The database of a server: SQLAlchemy 2 on SQLite, or on another database given by its URL."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session

from playground.runs.migrations import LaterVersionError, upgrade

_BUSY_SECONDS = 15
"""How long SQLite waits for another connection that writes."""
_CONNECT_SECONDS = 5
"""How long a database on another machine may take to answer."""


class StoreError(Exception):
    """The database cannot be used. The message names it, the problem and what to do."""


def sqlite_url(folder: Path) -> str:
    """URL of the database that is used unless another one is named, in the data folder."""
    return f"sqlite:///{folder.absolute() / 'playground.db'}"


class Database:
    """A database with the tables of this version. Safe to use from any thread. engine: SQLAlchemy's connections to it.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, url: str) -> None:
        try:
            address = make_url(url)
            self._name = address.render_as_string(hide_password=True)
            if address.get_backend_name() == "sqlite" and address.database:
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(address, pool_pre_ping=True, connect_args=_connect_arguments(address))
        except ArgumentError:
            raise StoreError("PLAYGROUND_DATABASE: not the URL of a database, such as postgresql+psycopg://user@host/name") from None
        except ImportError as error:
            raise StoreError(f"{self._name}: needs a package that is not installed ({error.name}); install it") from None
        except OSError as error:
            raise StoreError(
                f"{self._name}: its folder cannot be created ({error.strerror}); set PLAYGROUND_DATA to another folder"
            ) from None
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _configure_sqlite)
        with self._plain_errors():
            upgrade(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: everything in the `with` block is written, or nothing if it raises."""
        with self._plain_errors(), Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except LaterVersionError as error:
            raise StoreError(
                f"{self._name}: was written by a later version of the playground (tables of revision {error}); update the playground, or "
                f"set PLAYGROUND_DATA or PLAYGROUND_DATABASE to start with an empty database"
            ) from None
        except DatabaseError as error:
            reason = _one_line(str(error.orig))
            raise StoreError(f"{self._name}: {reason}; {_suggestion(make_url(self._name), reason)}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self._name}: {_one_line(str(error))}") from error


def _connect_arguments(address: URL) -> dict[str, Any]:
    """A database that has vanished from the network is noticed in time to say so."""
    if address.get_backend_name() != "postgresql" or address.get_driver_name() != "psycopg":
        return {}
    return {"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": 1000 * _CONNECT_SECONDS}


def _one_line(message: str) -> str:
    """A driver's error message. Of several attempts to connect, each is named once; the hints that PostgreSQL's library adds as indented
    lines say less than `_suggestion`."""
    message = message.partition("All failures were:")[2] or message
    lines = [" ".join(line.split()).removeprefix("- ").rstrip(".") for line in message.splitlines() if not line.startswith("\t")]
    return "; ".join(line for line in lines if line)


def _suggestion(address: URL, reason: str) -> str:
    """What to try."""
    if address.get_backend_name() != "sqlite":
        return "check that it is running and can be reached"
    if "not a database" in reason or "malformed" in reason:
        return "move the file away to start with an empty one"
    return "check that it can be written"


def _configure_sqlite(connection: Any, _record: object) -> None:
    """Readers never wait for the writer, and the writer does not wait for the disk at every commit."""
    for pragma in (f"busy_timeout={1000 * _BUSY_SECONDS}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: Any) -> None:
    """SQLite's own timeout does not cover two servers that switch at the same moment."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
