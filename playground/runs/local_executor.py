"""Computes each run in a process of this machine, forked from the fork server."""

from collections.abc import Iterator

from playground.runs.executor import Ended, ExecutorError
from playground.runs.exit_reasons import exit_reason, out_of_memory_kills, was_terminated
from playground.runs.fork_server import ForkServer, ForkServerError, Worker
from playground.runs.messages import Job, Leave, Message


class LocalExecutor:
    """See `Executor`."""

    def __init__(self) -> None:
        self._fork_server = ForkServer()

    def start(self) -> None:
        """Raises: ExecutorError if this system cannot fork processes."""
        try:
            self._fork_server.start()
        except ForkServerError as error:
            raise ExecutorError(str(error)) from error

    def run(self, job: Job) -> "LocalSession":
        """Raises: ExecutorError."""
        try:
            worker = self._fork_server.worker()
        except ForkServerError as error:
            raise ExecutorError(f"The training process could not be started: {error}.") from error
        worker.send(job)
        return LocalSession(worker)

    def close(self) -> None:
        self._fork_server.close()


class LocalSession:
    """See `Session`."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._left = False
        self._kills = out_of_memory_kills()

    def send(self, message: object) -> None:
        self._worker.send(message)

    def leave(self) -> None:
        self._left = True
        self._worker.send(Leave())

    def messages(self) -> Iterator[Message | Ended]:
        while True:
            try:
                message = self._worker.connection.recv()
            except (EOFError, OSError):  # it has ended, possibly in the middle of a message
                break
            yield message
        exit_code = self._worker.exit_code()
        self._worker.close()
        kills = out_of_memory_kills()
        ran_out = None if kills is None or self._kills is None else kills > self._kills
        yield Ended(*exit_reason(exit_code, ran_out), exit_code is None or was_terminated(exit_code), self._left)

    def kill(self) -> None:
        self._worker.kill()
