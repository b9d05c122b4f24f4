"""A PostgreSQL server of the tests' own, on a Unix socket in a folder that only its user may enter."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_DEBIAN = "/usr/lib/postgresql"
_START_SECONDS = 60
_SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60",
)  # fmt: skip
"""What is committed has to survive the server (`stop`), but not the machine."""


class PostgreSQL:
    """A server. folder: with its socket and its data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = (f"tests{number}" for number in itertools.count(1))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it accepts connections."""
        options = [argument for setting in _SETTINGS for argument in ("-c", setting)]
        command = [_program("postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **_user())
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < deadline, (self._folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """At once: connections are cut, as if the machine had failed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_START_SECONDS)
            self._process = None

    def new_database(self) -> str:
        """The SQLAlchemy URL of an empty database."""
        name = next(self._names)
        self._execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tests@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Deletes a database, whoever uses it."""
        self._execute(f"DROP DATABASE {url.split('/')[3].partition('?')[0]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user="tests", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server for the duration of the block."""
    folder = Path(tempfile.mkdtemp(prefix="playground-postgresql-"))  # the path of a socket may have 107 characters
    user = _user().get("user")
    if user is not None:
        shutil.chown(folder, user)
    initdb = [_program("initdb"), "-D", str(folder / "data"), "-U", "tests", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    try:
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_user())
        server = PostgreSQL(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> dict[str, Any]:
    """As which user the programs run: PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _program(name: str) -> str:
    """Debian keeps the programs of a server in a folder for each version."""
    folders = sorted(Path(_DEBIAN).glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = next((str(folder / name) for folder in reversed(folders) if (folder / name).exists()), None) or shutil.which(name)
    assert found is not None, "PostgreSQL is missing; scripts/install_postgresql.sh installs it"
    return found
