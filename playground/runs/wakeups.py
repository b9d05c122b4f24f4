"""PostgreSQL tells the servers that use it at once when there is something to look at: NOTIFY and LISTEN, with an id and nothing else.

With other databases, servers find it when they next look."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from playground.runs.database import Database

_CHANNEL = "playground"
_CLOSE_SECONDS = 0.5
"""How long `close` may take."""
_RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)


class Wakeups:
    """Calls `concerns` with each id, and `wake` if it says so, both from a thread of its own.

    listening: whether the database notifies this server at present."""

    def __init__(self, database: Database, concerns: Callable[[str], bool], wake: Callable[[], None]) -> None:
        self._database, self._concerns, self._wake = database, concerns, wake
        self._closed = threading.Event()
        self.listening = False
        self._thread: threading.Thread | None = None
        if database.engine.dialect.name == "postgresql" and database.engine.dialect.driver == "psycopg":
            self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
            self._thread.start()

    def tell(self, name: str) -> None:
        """There is something about this server, or this run. Raises: StoreError."""
        if self._thread is not None:
            with self._database.session() as session:
                session.connection().exec_driver_sql("SELECT pg_notify(%s, %s)", (_CHANNEL, name))

    def close(self) -> None:
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen(self._database.engine)
            except Exception as error:  # noqa: BLE001 - those of the driver; what is missed meanwhile is found by looking
                logger.debug("The database does not notify this server at the moment: %s", error)
            self.listening = False
            self._closed.wait(_RETRY_SECONDS)

    def _listen(self, engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
            self.listening = True
            self._wake()  # for what came before
            driver: Any = connection.connection.driver_connection
            while not self._closed.is_set():
                for notification in driver.notifies(timeout=_CLOSE_SECONDS, stop_after=1):
                    if self._concerns(notification.payload):
                        self._wake()
