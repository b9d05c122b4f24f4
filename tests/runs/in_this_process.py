"""Workers in this process, so that they know what a test has defined."""

import threading
from multiprocessing import Pipe

from playground.runs.messages import Command, Watched
from playground.runs.outbox import Outbox
from playground.runs.worker import Commands, _train


class Threads:
    """Stands in for the fork server: each worker is a thread."""

    def start(self) -> None: ...

    def close(self) -> None: ...

    def worker(self) -> "ThreadWorker":
        return ThreadWorker()


class ThreadWorker:
    """Stands in for a worker process, as its server sees it."""

    def __init__(self) -> None:
        self.connection, self._theirs = Pipe()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def send(self, message: object) -> None:
        self.connection.send(message)

    def exit_code(self) -> int:
        self._thread.join()
        return 0

    def kill(self) -> None: ...

    def close(self) -> None:
        self.connection.close()

    def _work(self) -> None:
        job, commands, outbox = self._theirs.recv(), Commands(), Outbox(self._theirs.send)
        receiver = threading.Thread(target=self._receive, args=(commands,), daemon=True)
        receiver.start()
        _train(job, commands, outbox)
        outbox.close(10)
        self._ended.set()
        receiver.join()
        self._theirs.close()

    def _receive(self, commands: Commands) -> None:
        while not self._ended.is_set():
            message = self._theirs.recv() if self._theirs.poll(0.01) else None
            if isinstance(message, Watched):
                commands.control.watched = message.watched
            elif isinstance(message, Command):
                commands.set(message.action, message.number)
