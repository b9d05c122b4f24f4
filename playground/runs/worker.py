"""The process of a run: trains, sends events, and follows commands between two steps."""

import logging
import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from playground.runs.directory import RunDirectory
from playground.runs.failures import explain
from playground.runs.messages import Action, Command, Job, Paused, Watched
from playground.runs.outbox import Outbox
from playground.spec import ExperimentSpec
from playground.training import Control, Diverged, Event, Finished, Progress, Snapshot, Started, train

SNAPSHOT_SECONDS = 0.5
"""Minimum time between two snapshots in a run's folder."""
_EXIT_SECONDS = 10
"""How long a step may take in a process that should exit."""

logger = logging.getLogger(__name__)


def work(connection: Connection) -> None:
    """The main function of a worker. Receives a `Job`, then commands; sends events, `Paused` and `Failed`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the server, which then sends a command
    job: Job = connection.recv()
    os.environ.update(job.environment)
    outbox = Outbox(connection.send)
    commands = Commands()
    threading.Thread(target=_receive, args=(connection, commands), name="commands", daemon=True).start()
    try:
        _train(job, commands, outbox)
    except Exception as error:
        logger.exception("The run in %s failed", job.directory)
        outbox.put(explain(error))
    outbox.close(seconds=_EXIT_SECONDS)


class Commands:
    """What the server has requested, as the engine's `Control`; the training thread also waits here while paused."""

    def __init__(self) -> None:
        self.control = Control(watched=False)
        self._changed = threading.Condition()
        self._action: Action = "pause"
        self._number = 0
        self._has_waited = False
        """Whether a batch was already taken to get a snapshot for the pause."""

    @property
    def exit(self) -> bool:
        return self._action == "exit"

    def set(self, action: Action, number: int) -> None:
        """Called by the receiving thread. A run that should pause or exit reaches its next event after one batch."""
        pace: dict[Action, Literal["clock", "epoch"]] = {"run": "clock", "epoch": "epoch"}
        with self._changed:
            self._action, self._number = action, number
            self.control.pace = pace.get(action, "batch")
            self.control.stop = action == "stop"
            self._changed.notify()

    def pausing(self, has_snapshot: bool) -> int | None:
        """The number of the command that pauses the run now; None to continue.

        After a single step the run pauses immediately. Otherwise, without a snapshot of the current step, it takes one more batch.
        has_snapshot: whether there is a snapshot of the current step."""
        with self._changed:
            if self._action in ("batch", "epoch") or (self._action == "pause" and (has_snapshot or self._has_waited)):
                self._action, self._has_waited = "pause", False
                return self._number
            self._has_waited = self._action == "pause"
            return None

    def wait(self) -> None:
        """Blocks while the run is paused."""
        with self._changed:
            self._changed.wait_for(lambda: self._action != "pause")


class RunFiles:
    """Writes a run's folder: the newest weights rarely enough not to slow down training, and the last weights always."""

    def __init__(self, directory: Path) -> None:
        self._directory = RunDirectory(directory)
        self._newest: Snapshot | None = None
        self._is_written = True
        self._written_at = -SNAPSHOT_SECONDS

    def write_columns(self, spec: ExperimentSpec) -> None:
        """Writes how a new row becomes an input of the network."""
        self._directory.write_columns(spec.data)

    def write(self, event: Event) -> None:
        """Writes the files of an event. When the run ends, its weights are written before the end is reported."""
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
        """Writes the newest snapshot, unless it is written already."""
        if self._newest is not None and not self._is_written:
            self._written_at, self._is_written = time.monotonic(), True
            self._directory.write_snapshot(self._newest.tensors, self._newest.step)


def _train(job: Job, commands: Commands, outbox: Outbox) -> None:
    files, last_step = RunFiles(job.directory), 0
    commands.wait()
    for event in train(job.spec, control=commands.control):
        files.write(event)
        if not isinstance(event, Snapshot):
            outbox.put(event)
        if isinstance(event, Started):
            files.write_columns(job.spec)
            last_step = event.epochs * event.steps_per_epoch
        # Only a Progress reports every step up to now; after the last step only the end follows.
        elif isinstance(event, Progress) and (step := event.steps[-1]) < last_step:
            number = commands.pausing(has_snapshot=files.newest_step == step)
            if number is not None:
                files.write_newest()
                outbox.put(Paused(number))
                commands.wait()
        if commands.exit:
            break
    files.write_newest()


def _receive(connection: Connection, commands: Commands) -> None:
    """Receives messages from the server. If the server has gone, the worker exits."""
    number = 0
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            message = Command("exit", number)
        if isinstance(message, Watched):
            commands.control.watched = message.watched
        elif isinstance(message, Command):
            number = message.number
            commands.set(message.action, number)
            if message.action == "exit":
                end = threading.Timer(_EXIT_SECONDS, os._exit, args=(1,))
                end.daemon = True
                end.start()
                return
