"""What servers of one database tell each other, by rows of it: commands to runs, and that somebody watches them.

Each server looks for its rows at regular intervals (`SECONDS`), which works with any database. PostgreSQL also says that there are some
(`wakeups.py`)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import delete, select

from playground.runs.database import Database
from playground.runs.info import RunState
from playground.runs.tables import RelayedCommand, Run

Action = Literal["run", "batch", "epoch", "pause", "stop", "change", "speed", "delete", "read", "watch"]
"""Of a run: what its owner wants. change: the argument is JSON, [path, value]; speed: steps per second. read: its row has another owner
or name. watch: somebody watches it on another server, which repeats this as long as they do."""

SECONDS = 0.25
"""How often servers look."""


@dataclass(frozen=True)
class News:
    """What changes whenever a run is written. server: which computes it, or has computed it last."""

    server: str
    state: RunState
    message: str
    updated: object


class Relay:
    """Safe to use from any thread.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, servers: Mapping[str, str], action: Action, argument: str = "") -> None:
        """A command to runs. servers: by run, the one that computes it."""
        commands = (
            RelayedCommand(server=server, run_id=run_id, action=action, argument=argument or None) for run_id, server in servers.items()
        )
        with self._database.session() as session:
            session.add_all(commands)

    def addressees(self) -> Sequence[str]:
        """The servers for which there are commands."""
        with self._database.session() as session:
            return session.scalars(select(RelayedCommand.server).distinct()).all()

    def take(self, servers: Collection[str]) -> Iterator[tuple[str, Action, str]]:
        """The runs, commands and their arguments that were sent to these servers, in order. Each is taken once, also if several servers
        try."""
        if not servers:
            return
        with self._database.session() as session:
            rows = session.execute(
                select(RelayedCommand.id, RelayedCommand.run_id, RelayedCommand.action, RelayedCommand.argument)
                .where(RelayedCommand.server.in_(servers))
                .order_by(RelayedCommand.id)
            ).all()
            removed = delete(RelayedCommand).where(RelayedCommand.id.in_([row.id for row in rows])).returning(RelayedCommand.id)
            taken = set(session.scalars(removed))
        for row in rows:
            if row.id in taken:
                yield row.run_id, cast(Action, row.action), row.argument or ""

    def news(self, run_ids: Collection[str]) -> dict[str, News]:
        """Of those runs that are stored."""
        query = select(Run.id, Run.server, Run.state, Run.message, Run.updated).where(Run.id.in_(run_ids))
        with self._database.session() as session:
            return {row.id: News(row.server, RunState(row.state), row.message, row.updated) for row in session.execute(query)}
