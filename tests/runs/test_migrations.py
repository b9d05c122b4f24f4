"""A database of any earlier version is upgraded with its data; one of a later version is left alone."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from playground.runs import RunState, migrations
from playground.runs.database import StoreError
from playground.runs.store import Store
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


_OF_POSTGRESQL = {"DATETIME": "TIMESTAMP WITH TIME ZONE", "BLOB": "BYTEA", "X'": "'\\x", ".700000'": ".7+00'"}


@pytest.fixture
def earlier(database: str) -> str:
    script = BEFORE_MIGRATIONS
    if database.startswith("postgresql"):
        for sqlite, postgresql in _OF_POSTGRESQL.items():
            script = script.replace(sqlite, postgresql)
    with connected(database) as connection:
        for statement in script.split(";")[:-1]:
            connection.exec_driver_sql(statement)
    return database


@contextmanager
def connected(database: str) -> Iterator[Connection]:
    engine = create_engine(database)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def rows(database: str, query: str) -> list[tuple[object, ...]]:
    with connected(database) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def differences(database: str) -> list[object]:
    with connected(database) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def tables(database: str) -> dict[str, list[str]]:
    """The columns of each table."""
    with connected(database) as connection:
        found = inspect(connection)
        return {name: [column["name"] for column in found.get_columns(name)] for name in sorted(found.get_table_names())}


def test_a_database_of_an_earlier_version_keeps_its_runs(earlier: str) -> None:
    store = Store(earlier)
    (run,) = store.recent(5)
    assert (run.id, run.state, run.message, run.advice, run.numbers) == ("w1", RunState.FINISHED, "über", ("a",), {"step": 3})
    assert run.owner == ""
    assert [(view.name, view.step) for view in store.views("w1")] == [("boundary", 3)]
    store.close()
    assert differences(earlier) == []


def test_a_new_database_has_the_declared_tables(database: str) -> None:
    Store(database).close()
    assert differences(database) == []


def test_steps_follow_one_another_in_the_order_of_their_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    names = [Path(step.path).stem[1:5] for step in steps]
    assert names == sorted(names) == [step.revision for step in steps]
    assert names[-1] == migrations.NEWEST


def test_a_database_of_a_later_version_is_left_alone(database: str) -> None:
    Store(database).close()
    with connected(database) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        StoreError, match=r"(playground\.db|/tests).*: was written by a later version of the playground .*update the playground"
    ):
        Store(database)
    assert rows(database, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_servers_that_start_at_once_upgrade_once(earlier: str) -> None:
    together = threading.Barrier(6)

    def start() -> None:
        together.wait()
        Store(earlier).close()

    with ThreadPoolExecutor(6) as threads:
        for started in [threads.submit(start) for _ in range(6)]:
            started.result()
    assert rows(earlier, "SELECT id, owner FROM runs") == [("w1", None)]


def test_an_upgrade_that_fails_changes_nothing(earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = migrations._take_steps

    def fails(connection: object) -> None:
        taken(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "_take_steps", fails)
    before = tables(earlier)
    with pytest.raises(KeyboardInterrupt):
        Store(earlier)
    assert tables(earlier) == before


def test_current_tables_are_left_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(database).close()
    monkeypatch.delattr(migrations, "_alone")  # also Alembic, which takes long to import, is not needed then
    Store(database).close()
