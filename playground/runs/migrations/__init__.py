"""Upgrades the database of runs to the tables of this version, keeping its data.

Each file in `versions` makes one step; its revision is the number in its name. A database without a revision is new, or of a version of the
playground that stored none; the first step tells them apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).parent
NEWEST = max(path.stem[1:5] for path in (FOLDER / "versions").glob("v[0-9]*.py"))
"""The revision of this version's tables."""

_LOCK = 0x706C6179
"""Key of PostgreSQL's advisory lock for migrations."""


class LaterVersionError(Exception):
    """The database was written by a later version of the playground, which must have made tables that this one does not know."""


def upgrade(engine: Engine) -> None:
    """Makes the tables, or changes them step by step; does nothing if they are of this version. Of several servers that start at once, one
    does it and the others wait.

    Raises: LaterVersionError; SQLAlchemyError if the database refuses."""
    with engine.connect() as connection:
        if _revision(connection) == NEWEST:
            return
    with _alone(engine) as connection:
        revision = _revision(connection)
        if revision is not None and revision > NEWEST:
            raise LaterVersionError(revision)
        if revision != NEWEST:
            _take_steps(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction while which no other server changes tables: all of its changes are made, or none."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Python's driver would begin too late: not before tables are changed, and not before they are read.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _take_steps(connection: Connection) -> None:
    from alembic.command import upgrade as take_steps  # only here: a server that finds its tables current starts without it
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    take_steps(config, "head")
