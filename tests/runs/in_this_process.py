"""Runs computed in this process, so that they know what a test has defined."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from playground.runs.executor import Ended
from playground.runs.messages import Job, Leave
from playground.runs.outbox import Outbox
from playground.runs.worker import Commands, compute


class Threads:
    """An executor whose sessions are threads."""

    def start(self) -> None: ...

    def run(self, job: Job) -> "ThreadSession":
        return ThreadSession(job)

    def close(self) -> None: ...


class ThreadSession:
    """See `playground.runs.executor.Session`."""

    def __init__(self, job: Job) -> None:
        self._job, self._commands = job, Commands()
        self._messages: SimpleQueue[Any] = SimpleQueue()
        self._left = False
        threading.Thread(target=self._work, daemon=True).start()

    def send(self, message: object) -> None:
        self._commands.receive(message)

    def leave(self) -> None:
        self._left = True
        self.send(Leave())

    def messages(self) -> Iterator[Any]:
        while not isinstance(message := self._messages.get(), Ended):
            yield message
        yield message

    def kill(self) -> None: ...

    def _work(self) -> None:
        outbox = Outbox(self._messages.put)
        compute(self._job, self._commands, outbox)
        self._messages.put(Ended("ended without a result", left=self._left))
