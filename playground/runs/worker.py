"""A run's own process: trains, says how it goes, and does what it is told between two steps."""

import logging
import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from playground.runs.directory import RunDirectory
from playground.runs.failures import explained
from playground.runs.messages import Command, Job, Paused, Watched, Wish
from playground.runs.outbox import Outbox
from playground.training import Control, Diverged, Event, Finished, Progress, Snapshot, Started, train

SNAPSHOT_SECONDS = 0.5
"""At least this long between two snapshots in a run's folder."""
_LEAVE_SECONDS = 10
"""How long a step may last in a process that should be gone."""

logger = logging.getLogger(__name__)


def work(connection: Connection) -> None:
    """The life of a worker. The server says `Job`, then commands; it is told events, `Paused` and `Failed`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the server's terminal is for the server, which then tells us
    job: Job = connection.recv()
    os.environ.update(job.environment)
    outbox = Outbox(connection.send)
    orders = Orders()
    threading.Thread(target=_listen, args=(connection, orders), name="orders", daemon=True).start()
    try:
        _train(job, orders, outbox)
    except Exception as error:
        logger.exception("The run in %s failed", job.directory)
        outbox.put(explained(error))
    outbox.close(seconds=_LEAVE_SECONDS)


class Orders:
    """What the server wants of the run, as the engine's `Control` and as a place to wait."""

    def __init__(self) -> None:
        self.control = Control(watched=False)
        self._changed = threading.Condition()
        self._wish: Wish = "pause"
        self._number = 0
        self._patience_over = False

    @property
    def leave(self) -> bool:
        return self._wish == "leave"

    def give(self, wish: Wish, number: int) -> None:
        """Called by the listening thread. A run that is to pause or leave comes to its next event after one batch."""
        pace: dict[Wish, Literal["clock", "epoch"]] = {"run": "clock", "epoch": "epoch"}
        with self._changed:
            self._wish, self._number = wish, number
            self.control.pace = pace.get(wish, "batch")
            self.control.stop = wish == "stop"
            self._changed.notify()

    def pausing(self, shown: bool) -> int | None:
        """The number of the command because of which no further step is to be taken; None for going on.

        After a step that was asked for, the run pauses at once. Otherwise, where the weights of this step were not shown, it takes
        one more batch. shown: whether there is a snapshot of this very step."""
        with self._changed:
            if self._wish in ("batch", "epoch") or (self._wish == "pause" and (shown or self._patience_over)):
                self._wish, self._patience_over = "pause", False
                return self._number
            self._patience_over = self._wish == "pause"
            return None

    def wait(self) -> None:
        """Until something else is wanted than a pause."""
        with self._changed:
            self._changed.wait_for(lambda: self._wish != "pause")


class Files:
    """A run's folder as its worker fills it: the newest weights seldom enough that nobody feels it, and the last ones in any case."""

    def __init__(self, directory: Path) -> None:
        self._directory = RunDirectory(directory)
        self._newest: Snapshot | None = None
        self._is_written = True
        self._written_at = -SNAPSHOT_SECONDS

    def keep(self, event: Event) -> None:
        """Writes what belongs to the event. When the run ends, its weights lie there before anybody hears of it."""
        if isinstance(event, Snapshot):
            self._newest, self._is_written = event, False
            if time.monotonic() - self._written_at >= SNAPSHOT_SECONDS:
                self.write_newest()
            return
        if isinstance(event, Finished | Diverged) and self._newest is not None:
            self._directory.write_weights(self._newest.tensors, self._newest.step)
            self._is_written = True
        self._directory.append_event(event)

    @property
    def newest_step(self) -> int | None:
        """The step of the newest snapshot."""
        return None if self._newest is None else self._newest.step

    def write_newest(self) -> None:
        """The newest snapshot, if it is not there yet."""
        if self._newest is not None and not self._is_written:
            self._written_at, self._is_written = time.monotonic(), True
            self._directory.write_snapshot(self._newest.tensors, self._newest.step)


def _train(job: Job, orders: Orders, outbox: Outbox) -> None:
    files, last_step = Files(job.directory), 0
    orders.wait()
    for event in train(job.spec, control=orders.control):
        files.keep(event)
        if not isinstance(event, Snapshot):
            outbox.put(event)
        if isinstance(event, Started):
            last_step = event.epochs * event.steps_per_epoch
        # Between other events than these lie steps that nobody was told of; after the last step there is only the end.
        elif isinstance(event, Progress) and (step := event.steps[-1]) < last_step:
            number = orders.pausing(shown=files.newest_step == step)
            if number is not None:
                files.write_newest()
                outbox.put(Paused(number))
                orders.wait()
        if orders.leave:
            break
    files.write_newest()


def _listen(connection: Connection, orders: Orders) -> None:
    """Hears the server; where that has gone, the run has nobody to train for."""
    number = 0
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            message = Command("leave", number)
        if isinstance(message, Watched):
            orders.control.watched = message.watched
        elif isinstance(message, Command):
            number = message.number
            orders.give(message.wish, number)
            if message.wish == "leave":
                end = threading.Timer(_LEAVE_SECONDS, os._exit, args=(1,))
                end.daemon = True
                end.start()
                return
