"""What a database is set to, and what is said of one that cannot be used."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from playground.runs.database import Database, StoreError


def test_readers_of_sqlite_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new' / 'runs.db'}").close()
    with closing(sqlite3.connect(tmp_path / "new" / "runs.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_damaged_file_is_named_with_a_suggestion(tmp_path: Path) -> None:
    damaged = tmp_path / "runs.db"
    damaged.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreError, match=r"runs\.db: file is not a database; move the file away"):
        Database(f"sqlite:///{damaged}")
    assert damaged.read_bytes() == b"this is no database at all" * 100


@pytest.mark.parametrize("url", ["nonsense", "", "sqlite:////proc/nowhere/runs.db"])
def test_a_wrong_url_is_reported_clearly(url: str) -> None:
    with pytest.raises(StoreError, match="PLAYGROUND_DATA"):
        Database(url)


def test_a_missing_driver_is_named_and_the_password_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(StoreError, match="needs a package that is not installed") as raised:
        Database("postgresql+psycopg2://me:secret@localhost/runs")
    assert "psycopg2" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_database_that_is_away_is_named_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        Database(f"postgresql+psycopg://me:secret@/runs?host={tmp_path}")
    name = f"postgresql+psycopg://me:***@/runs?host={quote(str(tmp_path), safe='')}"
    assert str(raised.value) == (
        f'{name}: connection is bad: connection to server on socket "{tmp_path}/.s.PGSQL.5432" failed: No such file or directory; '
        "check that it is running and can be reached"
    )


def test_attempts_to_connect_are_told_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(StoreError) as raised:
        Database(f"postgresql+psycopg://me@/runs?host={folders[0]}&host={folders[1]}")
    first, second, suggestion = str(raised.value).partition(": ")[2].split("; ")
    for folder, attempt in zip(folders, (first, second), strict=True):
        assert f'socket "{folder}/.s.PGSQL.5432" failed: No such file or directory' in attempt
    assert suggestion == "check that it is running and can be reached"


def test_the_driver_of_postgresql_is_not_imported_where_it_is_not_used(tmp_path: Path) -> None:
    script = "import sys; from playground.runs.database import Database; Database(sys.argv[1]).close(); print('psycopg' in sys.modules)"
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path / 'runs.db'}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
