"""A database of any earlier version is upgraded with its data; one of a later version is left alone."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from playground.runs import RunState, migrations
from playground.runs.store import Store, StoreError
from playground.runs.tables import Base

BEFORE_MIGRATIONS = """
CREATE TABLE runs (
    id VARCHAR(32) NOT NULL, created DATETIME NOT NULL, updated DATETIME NOT NULL, server VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,
    message TEXT NOT NULL, advice JSON NOT NULL, spec TEXT NOT NULL, numbers JSON NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_runs_created ON runs (created);
CREATE INDEX ix_runs_state ON runs (state);
CREATE TABLE run_metrics (
    run_id VARCHAR(32) NOT NULL, part INTEGER NOT NULL, series BLOB NOT NULL, PRIMARY KEY (run_id, part),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE);
CREATE TABLE run_views (
    run_id VARCHAR(32) NOT NULL, name VARCHAR(16) NOT NULL, step INTEGER NOT NULL, shape JSON NOT NULL, "values" BLOB NOT NULL,
    PRIMARY KEY (run_id, name), FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE);
INSERT INTO runs VALUES (
    'w1', '2026-02-03 04:05:06.700000', '2026-02-03 04:05:06.700000', 'one', 'finished', 'über', '["a"]', '{"version": 1}', '{"step": 3}');
INSERT INTO run_views VALUES ('w1', 'boundary', 3, '[1, 0]', X'789C030000000001');
"""
"""The tables of the versions before migrations, with a run."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
def earlier(file: Path) -> Path:
    with sqlite3.connect(file) as database:
        database.executescript(BEFORE_MIGRATIONS)
    database.close()
    return file


def open_store(file: Path) -> Store:
    return Store(f"sqlite:///{file}")


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def differences(file: Path) -> list[object]:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    return list(found)


def test_a_database_of_an_earlier_version_keeps_its_runs(earlier: Path) -> None:
    store = open_store(earlier)
    (run,) = store.recent(5)
    assert (run.id, run.state, run.message, run.advice, run.numbers) == ("w1", RunState.FINISHED, "über", ("a",), {"step": 3})
    assert run.owner == ""
    assert [(view.name, view.step) for view in store.views("w1")] == [("boundary", 3)]
    store.close()
    assert differences(earlier) == []


def test_a_new_database_has_the_declared_tables(file: Path) -> None:
    open_store(file).close()
    assert differences(file) == []


def test_steps_follow_one_another_in_the_order_of_their_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    names = [Path(step.path).stem[1:5] for step in steps]
    assert names == sorted(names) == [step.revision for step in steps]
    assert names[-1] == migrations.NEWEST


def test_a_database_of_a_later_version_is_left_alone(file: Path) -> None:
    open_store(file).close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreError, match=r"runs\.db: was written by a later version of the playground .*update the playground"):
        open_store(file)
    assert rows(file, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_servers_that_start_at_once_upgrade_once(earlier: Path) -> None:
    together = threading.Barrier(6)

    def start() -> None:
        together.wait()
        open_store(earlier).close()

    with ThreadPoolExecutor(6) as threads:
        for started in [threads.submit(start) for _ in range(6)]:
            started.result()
    assert rows(earlier, "SELECT id, owner FROM runs") == [("w1", None)]


def test_an_upgrade_that_fails_changes_nothing(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = migrations._take_steps

    def fails(connection: object) -> None:
        taken(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "_take_steps", fails)
    before = rows(earlier, "SELECT sql FROM sqlite_master ORDER BY name")
    with pytest.raises(KeyboardInterrupt):
        open_store(earlier)
    assert rows(earlier, "SELECT sql FROM sqlite_master ORDER BY name") == before


def test_current_tables_are_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(file).close()
    monkeypatch.delattr(migrations, "_alone")  # also Alembic, which takes long to import, is not needed then
    open_store(file).close()
