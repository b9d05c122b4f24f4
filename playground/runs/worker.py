"""The process of a run: trains, sends events, and follows commands between two steps."""

import itertools
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Literal

from playground.catalog.datasets.columns import fitted_columns
from playground.runs.checkpoints import packed_checkpoint, unpacked_checkpoint
from playground.runs.failures import explain
from playground.runs.messages import Action, Alter, Checkpointed, Command, Fitted, Job, Leave, Paused, Rested, Speed, Watched, Weights
from playground.runs.outbox import Outbox
from playground.runs.weights_files import packed
from playground.runs.worker_limits import check_work, die_first, memory_limited
from playground.settings import settings
from playground.training import (
    Changed,
    Checkpoint,
    CheckpointError,
    Control,
    Diverged,
    Event,
    Finished,
    Progress,
    Refused,
    Rest,
    Snapshot,
    Started,
    train,
)

_NICE = 10
"""Training yields to pages: while both want the processor, a worker gets a tenth of what the server gets (sched(7))."""
_KEPT_SECONDS = 0.1
"""In slow motion, a wait for the next step that is shorter than this does not give way to other runs: it takes the server as long to
notice."""
_EXIT_SECONDS = 10
"""How long a step may take in a process that should exit."""

logger = logging.getLogger(__name__)


def work(connection: Connection) -> None:
    """The main function of a worker. Receives a `Job`, then commands; sends `Message`s."""
    with suppress(OSError, AttributeError):  # where the system offers it
        os.nice(_NICE)
    die_first()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the server, which then sends a command
    job: Job = connection.recv()
    os.environ.update(job.environment)
    outbox = Outbox(connection.send)
    commands = Commands()
    threading.Thread(target=_receive, args=(connection, commands), name="commands", daemon=True).start()
    compute(job, commands, outbox)


def compute(job: Job, commands: "Commands", outbox: Outbox) -> None:
    """Trains as the commands say, and reports everything, errors included."""
    try:
        commands.control.most_seconds = settings().run_seconds or math.inf
        commands.control.moment = job.moment
        with memory_limited(job.spec):
            _train(job, commands, outbox)
    except Exception as error:
        logger.exception("A run failed")
        outbox.put(explain(error))
    outbox.close(seconds=_EXIT_SECONDS)


class Commands:
    """What the server has requested, as the engine's `Control`; the training thread also waits here while paused."""

    def __init__(self) -> None:
        self.control = Control(watched=False)
        self._changed = threading.Condition()
        self._action: Action = "pause"
        self._number = 0
        self._followed = 0
        """The number of the newest command that says what the run does, as in the server."""
        self._has_waited = False
        """Whether a batch was already taken to get a snapshot for the pause."""
        self._has_paused = False
        """Whether the run is paused, and goes on only to change something."""
        self._stepped_at = 0.0
        """When the last rest ended, by the monotonic clock."""
        self._told_pause = 0
        """The number of the command up to which it was last reported that the run is paused."""
        self.leaving = False
        """Whether the session should end, with a checkpoint."""

    def receive(self, message: object) -> None:
        """Called by the receiving thread with each message of the server."""
        match message:
            case Watched():
                self.control.wanted = message.wanted
                self.control.watched = message.watched
            case Command():
                self._set(message.action, message.number)
            case Alter():
                with self._changed:
                    self.control.alterations.append((message.path, message.value))
                    self._changed.notify()
            case Speed():
                with self._changed:
                    self.control.steps_per_second = message.steps_per_second
                    self._changed.notify()
            case Leave():
                self._leave()

    def _set(self, action: Action, number: int) -> None:
        """A run that should pause reaches its next event after one batch, and leaves a checkpoint."""
        pace: dict[Action, Literal["clock", "epoch"]] = {"run": "clock", "epoch": "epoch"}
        with self._changed:
            if self.leaving:
                return
            self._number = number
            self.control.rest = action == "rest"
            if action != "rest":
                self._action, self._followed, self._has_paused = action, number, self._has_paused and action == "pause"
                self.control.pace = pace.get(action, "batch")
                self.control.stop = action == "stop"
            self._changed.notify()

    def _leave(self) -> None:
        with self._changed:
            self.leaving = True
            self.control.rest = self.control.stop = False
            self.control.pace, self.control.checkpoint = "batch", True
            self._changed.notify()

    def pauses(self, step: int, has_snapshot: bool) -> bool:
        """Whether the run pauses now.

        After a single step, and at the moment at which it should, the run pauses immediately. Otherwise, without a snapshot of the current
        step, it takes one more batch. step: the current one; has_snapshot: whether there is a snapshot of it."""
        with self._changed:
            if self.leaving:
                return False
            is_taken = self._action in ("batch", "epoch") or (self._action == "run" and step == self.control.moment)
            if is_taken or (self._action == "pause" and (has_snapshot or self._has_waited)):
                self._action, self._has_waited = "pause", False
                return True
            self._has_waited = self._action == "pause"
            return False

    def rest(self, report: Callable[[int, float], None], seconds: float) -> None:
        """Blocks while the run rests. report: called with the number of each command by which it does, since others may have come and gone
        meanwhile. seconds: until the next step in slow motion. A short while is spent here; for a longer one others may compute, so that
        the run goes on with the server's next command."""
        with self._changed:
            if 0 < (left := self._stepped_at + seconds - time.monotonic()) < _KEPT_SECONDS:
                number = self._number
                self._changed.wait_for(lambda: self._number != number or self.leaving, left)
            elif left > 0 and not self.leaving and not self.control.rest and self._action == "run":
                number = self._number
                report(number, left)
                self._changed.wait_for(lambda: self._number != number or self.leaving)
            if seconds:
                self._stepped_at = time.monotonic()
            while self.control.rest:
                report(number := self._number, 0.0)
                while self._number == number and self.control.rest:
                    self._changed.wait()

    def wait_for_first(self) -> bool:
        """Blocks until there is a command. Whether the run starts then; otherwise the process should exit."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > 0 or self.leaving)
            return not self.leaving

    def _is_held(self) -> bool:
        """Whether there is nothing to do."""
        return self._action == "pause" and not self.leaving and not self.control.alterations

    @property
    def is_paused(self) -> bool:
        """Whether no step is to be taken until the next command."""
        return self._has_paused and self._action == "pause"

    def wait(self, report: Callable[[int], None]) -> bool:
        """Blocks while the run is paused and nothing in it is to be changed. Whether it continues then; otherwise the process should exit.
        report: called with the number of the newest command, again whenever its owner's commands have come and left it paused. One that
        lets it rest changes nothing: the server knows that it is paused, and may be about to continue it."""
        with self._changed:
            while self._is_held():
                if self._told_pause < self._number:
                    self._told_pause = self._number
                    report(self._number)
                followed = self._followed
                while self._followed == followed and not self.leaving and not self.control.alterations:
                    self._changed.wait()
            self._has_paused = self._action == "pause"
            return not self.leaving


class Snapshots:
    """Sends weights as they come, and the newest ones again when training is over."""

    def __init__(self, send: Callable[[Weights], None]) -> None:
        self._send = send
        self._newest: Weights | None = None

    def add(self, snapshot: Snapshot) -> None:
        self._newest = Weights(packed(snapshot.tensors, snapshot.step), snapshot.step, final=False)
        self._send(self._newest)

    @property
    def newest_step(self) -> int | None:
        """The step of the newest snapshot."""
        return None if self._newest is None else self._newest.step

    def finish(self) -> None:
        """Training is over."""
        if self._newest is not None:
            self._send(replace(self._newest, final=True))


def _train(job: Job, commands: Commands, outbox: Outbox) -> None:
    snapshots, epochs = Snapshots(outbox.put), 0
    if not commands.wait_for_first():
        return
    for event in _events(job, commands.control):
        if isinstance(event, Rest):
            commands.rest(lambda number, seconds: outbox.put(Rested(number, seconds)), event.seconds)
        elif isinstance(event, Snapshot):
            snapshots.add(event)
        elif isinstance(event, Checkpoint):
            outbox.put(Checkpointed(packed_checkpoint(event), event.step))
        else:
            if isinstance(event, Finished | Diverged):  # the weights are written before the end is reported
                snapshots.finish()
            outbox.put(event)
        if isinstance(event, Started):
            if (columns := fitted_columns(job.spec.data)) is not None:
                outbox.put(Fitted(columns))
            check_work(job.spec, event)
            epochs = event.epochs
        # Only a Progress reports every step up to now; after the last step only the end follows.
        pauses = isinstance(event, Progress | Changed | Refused) and commands.is_paused
        if not pauses and isinstance(event, Progress) and event.epoch < epochs:
            pauses = commands.pauses(event.steps[-1], snapshots.newest_step == event.steps[-1])
        if pauses and not commands.wait(lambda number: outbox.put(Paused(number))):
            break
        if commands.leaving and isinstance(event, Started | Checkpoint):
            break


def _events(job: Job, control: Control) -> Iterator[Event]:
    """The events of the run, from its checkpoint on; from the beginning if that cannot be used, which gives the same results later."""
    if job.checkpoint is not None:
        try:
            events = train(job.spec, control=control, checkpoint=unpacked_checkpoint(job.checkpoint))
            return itertools.chain([next(events)], events)
        except CheckpointError as error:
            logger.warning("A run starts at its beginning again: %s", error)
    return train(job.spec, control=control, most_threads=job.threads)


def _receive(connection: Connection, commands: Commands) -> None:
    """Receives messages from the server. If the server has gone, the worker exits."""
    while not commands.leaving:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            message = Leave()
        commands.receive(message)
    end = threading.Timer(_EXIT_SECONDS, os._exit, args=(1,))
    end.daemon = True
    end.start()
