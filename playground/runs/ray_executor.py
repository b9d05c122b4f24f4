"""Computes each run as an actor of a Ray cluster, through a gateway process (`ray_gateway.py`)."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from playground.runs.child_process import ChildProcess
from playground.runs.executor import Ended, ExecutorError
from playground.runs.messages import Job, Leave, Message
from playground.runs.ray_gateway import KILL

_MODULE = "playground.runs.ray_gateway"


class RayExecutor:
    """See `Executor`. The cluster is the one at RAY_ADDRESS; without it, one on this machine."""

    def __init__(self) -> None:
        self._gateway = ChildProcess(_MODULE, _environment)

    def start(self) -> None:
        """Raises: ExecutorError if Ray is not installed."""
        if find_spec("ray") is None:
            raise ExecutorError("PLAYGROUND_EXECUTOR is ray, but Ray is not installed: pip install -r requirements-cluster.txt")
        self._gateway.start()

    def run(self, job: Job) -> "RaySession":
        """Raises: ExecutorError."""
        self.start()
        ours, theirs = Pipe()
        try:
            self._gateway.send([theirs.fileno()])
        except OSError as error:
            ours.close()
            raise ExecutorError(f"The process that connects to the Ray cluster cannot be started ({error.strerror}).") from error
        finally:
            theirs.close()
        session = RaySession(ours)
        session.send(job)
        return session

    def close(self) -> None:
        self._gateway.end()


class RaySession:
    """See `Session`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._left = False
        self._sending = threading.Lock()

    def send(self, message: object) -> None:
        with self._sending, suppress(OSError):
            self._connection.send(message)

    def leave(self) -> None:
        self._left = True
        self.send(Leave())

    def messages(self) -> Iterator[Message | Ended]:
        ended = Ended("The connection to the Ray cluster was lost.", interrupted=True)
        try:
            while not isinstance(message := self._connection.recv(), Ended):
                yield message
            ended = message
        except (EOFError, OSError):
            pass
        with self._sending:
            self._connection.close()
        yield replace(ended, left=self._left)

    def kill(self) -> None:
        self.send(KILL)


def _environment() -> Mapping[str, str]:
    """Ray reports nothing about its use to its makers."""
    return {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1", **os.environ}
