"""What a database is set to, and what is said of one that cannot be used."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

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
    with pytest.raises(StoreError, match=r"^postgresql\+psycopg://me:\*\*\*@.*; check that it is running and can be reached$") as raised:
        Database(f"postgresql+psycopg://me:secret@/runs?host={tmp_path}")
    assert "secret" not in str(raised.value)


def test_the_driver_of_postgresql_is_not_imported_where_it_is_not_used(tmp_path: Path) -> None:
    script = "import sys; from playground.runs.database import Database; Database(sys.argv[1]).close(); print('psycopg' in sys.modules)"
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path / 'runs.db'}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
