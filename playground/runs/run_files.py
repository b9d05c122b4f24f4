"""Writes the directory of a run from the messages of its session."""

import logging
import time
from contextlib import suppress
from dataclasses import asdict

from playground.artifacts.copies import copy_later
from playground.runs.directory import RunDirectory
from playground.runs.messages import Checkpointed, Failed, Fitted, Message, Paused, Rested, Weights
from playground.runs.run_error import RunError
from playground.spec import Change, ExperimentSpec
from playground.training.events import Changed, Started

_RETRY_SECONDS = (0.2, 1.0)
"""Pauses before a file that the run cannot do without is written again."""

_COPY_SECONDS = 60.0
"""The storage gets a checkpoint of an unfinished run at most this often: what is lost with this machine is as much."""

logger = logging.getLogger(__name__)


class RunFiles:
    """Used by one thread at a time. A file that cannot be written does not end the run: a snapshot is followed by another one, and what the
    run cannot do without is tried again.

    spec: of the run. problem: what could not be written, in a sentence; "" if the newest weights are there."""

    def __init__(self, directory: RunDirectory, spec: ExperimentSpec) -> None:
        self.path = directory.path
        self._spec = spec
        self.problem = ""
        self._directory = directory
        self._copied = time.monotonic()
        self._abandoned = False

    def write(self, message: Message) -> None:
        """Writes the files of a message, if it has any."""
        if self._abandoned:
            return
        is_needed = isinstance(message, Fitted) or (isinstance(message, Weights) and message.final)
        pauses = list(_RETRY_SECONDS if is_needed else ())
        while not (is_written := self._tried(message)) and pauses:
            time.sleep(pauses.pop(0))
        if is_written and isinstance(message, Weights):
            self.problem = ""

    def close(self) -> None:
        """After the last message: the files will be copied to the storage, if there is one."""
        self._copy_later()

    def abandon(self) -> None:
        """Another server has the run now: nothing is written or copied here."""
        self._abandoned = True

    def _copy_later(self) -> None:
        if self._abandoned:
            return
        self._copied = time.monotonic()
        try:
            copy_later("runs", self.path.name)
        except OSError as error:
            logger.warning("A run will not be copied to the storage: %s", error)

    def checkpoint(self) -> bytes | None:
        """What the run continues from; None to start at the beginning, which gives the same results later."""
        try:
            return self._directory.checkpoint()
        except RunError as error:
            logger.warning("A run starts at its beginning again: %s", error)
            return None

    def computed_spec(self) -> ExperimentSpec:
        """The spec with what it leaves open as an earlier session has chosen it, or the run from which this one goes on: it gives the same
        losses again."""
        try:
            chosen = self._directory.spec().training
        except RunError:
            return self._spec
        return self._spec.computed_with(chosen.threads, chosen.memory_format)

    def remove_checkpoint(self) -> None:
        """For a run that has ended for good."""
        with suppress(RunError):
            self._directory.remove_checkpoint()

    def _tried(self, message: Message) -> bool:
        try:
            self._write(message)
        except RunError as error:
            if not self.problem:
                logger.warning("A run cannot be saved: %s", error)
            self.problem = f"It could not be saved: {error}."
            return False
        return True

    def _write(self, message: Message) -> None:
        """Raises: RunError."""
        match message:
            case Weights():
                self._directory.write_packed(message.content, message.step, message.final)
            case Checkpointed():
                self._directory.write_checkpoint(message.content, message.step)
                if time.monotonic() - self._copied >= _COPY_SECONDS:
                    self._copy_later()
            case Fitted():
                self._directory.write_fitted(message.columns)
            case Paused():
                self._copy_later()  # with the checkpoint that it has left
            case Changed():
                change = Change(step=message.step, path=message.path, value=message.value)
                self._spec = self._spec.with_change(change)
                self._directory.write_spec(self._directory.spec().with_change(change))  # with how it is computed
                self._directory.append_event(message)
            case Rested() | Failed():
                pass
            case _:
                if isinstance(message, Started):
                    self._directory.write_spec(self._spec.computed_with(**asdict(message.execution)))
                self._directory.append_event(message)
