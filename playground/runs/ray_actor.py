"""The actor that computes a run on a node of a Ray cluster."""

import os
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from playground.runs.messages import Job, Message
from playground.runs.outbox import Outbox
from playground.runs.worker import Commands, compute


class Trainer:
    """One run. Its messages are read by one call that lasts as long as the run; commands arrive by others meanwhile."""

    def __init__(self, job: Job) -> None:
        os.environ.update(job.environment)
        self._job, self._commands = job, Commands()
        self._messages: SimpleQueue[Any] = SimpleQueue()

    def send(self, message: object) -> None:
        """As `Session.send`."""
        self._commands.receive(message)

    def messages(self) -> Iterator[Message]:
        """What the run reports, as it happens, until it is over."""
        threading.Thread(target=self._compute, name="run", daemon=True).start()
        while (message := self._messages.get()) is not None:
            yield message

    def _compute(self) -> None:
        compute(self._job, self._commands, Outbox(self._messages.put))
        self._messages.put(None)
