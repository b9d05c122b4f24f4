"""Where runs are computed: the interface between a server's `Runs` and the processes or machines that train."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from playground.runs.messages import Job, Message


class ExecutorError(Exception):
    """A run cannot be computed; the message says why."""


@dataclass(frozen=True)
class Ended:
    """The last message of a session. For a run that has not reported its own end, message: why, in
    plain words; advice: what to try; interrupted: whether it was ended from outside, and not by a fault of its own; left: whether it was
    asked to leave."""

    message: str
    advice: tuple[str, ...] = ()
    interrupted: bool = False
    left: bool = False


class Session(Protocol):
    """One run while it is computed. Any thread may call `send` and `kill`; one thread reads the messages."""

    def send(self, message: object) -> None:
        """Sends a `Command` or `Watched`. Does nothing if the session has ended: its messages say so."""

    def leave(self) -> None:
        """Ends the session after at most one batch, with a checkpoint from which the run can continue in another one."""

    def messages(self) -> Iterator[Message | Ended]:
        """What the run reports, waiting for it; `Ended` comes last. Releases what the session occupies."""

    def kill(self) -> None:
        """Ends the session at once. What was not reported is lost."""


class Executor(Protocol):
    """Computes runs. Any thread may call any method."""

    def start(self) -> None:
        """Gets ready in the background, so that the first run need not wait. Returns within milliseconds.

        Raises: ExecutorError if no run can ever be computed here."""

    def run(self, job: Job) -> Session:
        """Starts computing a run; its first action comes with a `Command`.

        Raises: ExecutorError."""

    def close(self) -> None:
        """Ends the waiting for sessions that have not started, and what `start` started."""
