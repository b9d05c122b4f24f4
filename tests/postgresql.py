"""A PostgreSQL server of the tests' own, on a Unix socket in a folder that only its user may enter."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

_DEBIAN = "/usr/lib/postgresql"
_START_SECONDS = 60
_PREFIX = "playground-postgresql-"
"""The name of a folder goes on with the number of the process whose tests use it."""
_END = 'exec 3<&0; (cat <&3; "$0" stop -m immediate -D "$1/data" >&2; rm -rf "$1") 2>/dev/null &'
"""Waits until nobody can write to its input any longer, which the system sees to when a process is killed."""
_SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60",
)  # fmt: skip
"""What is committed has to survive the server (`stop`), but not the machine."""


class PostgreSQL:
    """A server. folder: with its socket and its data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = (f"tests{number}" for number in itertools.count(1))

    def start(self) -> None:
        """Returns when it accepts connections. It is no child of this process, of which tests count those."""
        options = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"unix_socket_directories={self._folder}"))
        self._control("start", "-o", options, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """At once: connections are cut, as if its machine had failed."""
        self._control("stop", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        command = [_program("pg_ctl"), *arguments, "-D", str(self._folder / "data"), "-w", "-t", str(_START_SECONDS)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **_user())

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
    """A server for the duration of the block. It ends with this process, however that ends."""
    _remove_left()
    # The path of a socket may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    user = _user().get("user")
    if user is not None:
        shutil.chown(folder, user)
    initdb = [_program("initdb"), "-D", str(folder / "data"), "-U", "tests", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    with _ended_after(folder):
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **_user())
        server = PostgreSQL(folder)
        server.start()
        yield server


@contextmanager
def _ended_after(folder: Path) -> Iterator[None]:
    """Stops the server of a folder, and removes it, after the block; also if this process does not live to its end."""
    command = ["sh", "-c", _END, _program("pg_ctl"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/", start_new_session=True, **_user()) as starting:
        starting.wait()  # what waits is no child of this process either
        try:
            yield
        finally:
            starting.communicate()  # lets it begin, and returns when it has ended


def _remove_left() -> None:
    """Removes what is left of tests whose machine, or what was to end their server, has failed too."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process_id = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if process_id.isdecimal() and not psutil.pid_exists(int(process_id)):
            stop = [_program("pg_ctl"), "stop", "-m", "immediate", "-D", str(folder / "data")]
            subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **_user())
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
