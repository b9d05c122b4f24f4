"""Links that work once, on all servers of a database."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from playground.runs.database import Database, StoreError
from playground.runs.tables import UsedLink

_KEPT = timedelta(days=1)
"""For longer than such links are valid."""


class UsedLinks:
    """Those that have been used, by their ids. Safe to use from any thread.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, link: str) -> bool:
        """Marks a link as used. Returns False if it was already."""
        now = datetime.now(UTC)
        try:
            with self._database.session() as session:
                session.execute(delete(UsedLink).where(UsedLink.used < now - _KEPT))
                session.add(UsedLink(id=link, used=now))
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    def __contains__(self, link: str) -> bool:
        with self._database.session() as session:
            return session.get(UsedLink, link) is not None
