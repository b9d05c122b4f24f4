"""A run that this server is busy with, or was until lately."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from playground.catalog.datasets.holding import Hold
from playground.runs.deaths import reason, was_asked_to_end
from playground.runs.info import RunState
from playground.runs.messages import Command, Failed, Paused, Watched, Wish
from playground.runs.nursery import Worker
from playground.runs.status import Numbers
from playground.runs.timeline import Cursor, Timeline
from playground.spec import ExperimentSpec
from playground.training.events import Diverged, Event, Finished, Started

logger = logging.getLogger(__name__)

REASONS = {
    "epochs": "",
    "target_accuracy": "Ended early: the target accuracy was reached.",
    "patience": "Ended early: the test loss got no better for as many epochs as were allowed.",
    "time": "Ended early: the time limit was reached.",
    "stopped": "",
}


@dataclass(eq=False)
class LiveRun:
    """What the server knows of a run. All but the timeline is changed under the lock of `Runs`.

    go_on: what a paused or queued run is to do when it gets its place. stopping_since, ended_at: by the monotonic clock."""

    id: str
    spec: ExperimentSpec
    directory: Path
    created: datetime
    state: RunState = RunState.QUEUED
    message: str = ""
    advice: tuple[str, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    worker: Worker | None = None
    go_on: Literal["run", "batch", "epoch"] = "run"
    paused_since: float = 0.0
    stopping_since: float | None = None
    last_words: str = ""
    """The message for an end that the server itself brought about."""
    content: Hold | None = None
    """What its data were brought as stays in the store until the run has ended."""
    is_stored: bool = False
    is_written: bool = False
    written: Cursor | None = None
    """How much of the timeline is written down."""
    numbers: Numbers = field(init=False)
    _watchers: dict[object, Callable[[], None]] = field(default_factory=dict)
    _commands: int = 0
    _unsent: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.spec.training.epochs, self.spec.training.stop.seconds)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def command(self, wish: Wish) -> None:
        """Tells the worker, now or as soon as there is one."""
        self._commands += 1
        self._say(Command(wish, self._commands))

    def met(self, worker: Worker) -> None:
        """The worker is there and has its job."""
        self.worker = worker
        worker.send(Watched(self.watched))
        for message in self._unsent:
            worker.send(message)
        self._unsent.clear()

    def hear(self, message: Event | Paused | Failed) -> bool:
        """What the worker said. Gives whether the run has come to rest and its place is free."""
        match message:
            case Paused():
                if message.number != self._commands or self.state.ended:
                    return False  # it was told to go on meanwhile
                self.enter(RunState.PAUSED)
                return True
            case Failed():
                self.enter(RunState.FAILED, message.message, message.advice)
            case Started():
                self.numbers.add(message)
                if self.state is RunState.STARTING:
                    self.enter(RunState.RUNNING)
                return False
            case Finished():
                self._note(message)
                state = RunState.STOPPED if message.reason == "stopped" else RunState.FINISHED
                self.enter(state, self.last_words or REASONS[message.reason])
            case Diverged():
                self._note(message)
                self.enter(RunState.DIVERGED, message.message, message.advice)
            case _:
                self._note(message)
                return False
        return True

    def lost(self, exit_code: int | None, closing: bool) -> None:
        """The worker is gone. closing: because the server is about to be."""
        if self.state.ended:
            return
        message, advice = reason(exit_code)
        if closing:
            self.enter(RunState.INTERRUPTED, cut_off(self.state))
        elif self.stopping_since is not None:
            self.enter(RunState.STOPPED, self.last_words or "Ended by force: its last step did not come to an end.")
        else:
            self.enter(RunState.INTERRUPTED if was_asked_to_end(exit_code) else RunState.FAILED, message, advice)

    def enter(self, state: RunState, message: str = "", advice: tuple[str, ...] = ()) -> None:
        """A new state, with the reason for it. What a thinned timeline holds back is shown where nothing follows."""
        self.state, self.message, self.advice, self.is_written = state, message, advice, False
        if state is RunState.PAUSED or state.ended:
            self.timeline.settle()
        if state.ended and self.content is not None:
            self.content.close()

    def watch(self, key: object, callback: Callable[[], None]) -> None:
        self._watchers[key] = callback
        if len(self._watchers) == 1:
            self._say_watched()

    def unwatch(self, key: object) -> None:
        if self._watchers.pop(key, None) is not None and not self._watchers:
            self._say_watched()

    def tell_watchers(self) -> None:
        """Without the lock: each watcher only takes note. One that fails is not called again."""
        for key, callback in tuple(self._watchers.items()):
            try:
                callback()
            except Exception:
                logger.warning("A watcher of run %s failed and is left out from now on", self.id, exc_info=True)
                self._watchers.pop(key, None)

    def _note(self, event: Event) -> None:
        self.timeline.add(event)
        self.numbers.add(event)
        self.is_written = False

    def _say_watched(self) -> None:
        if self.worker is not None:
            self.worker.send(Watched(self.watched))

    def _say(self, message: object) -> None:
        if self.worker is None:
            self._unsent.append(message)
        else:
            self.worker.send(message)


def cut_off(state: RunState) -> str:
    """What to say of a run in this state when its server ends."""
    doing = {RunState.QUEUED: "waited for its turn", RunState.PAUSED: "was paused"}.get(state, "was training")
    return f"The server was stopped while this run {doing}. What it had learned by its last snapshot is kept."
