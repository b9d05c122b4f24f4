"""A run of this server that is in progress or has recently ended."""

import math
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from playground import measures
from playground.artifacts.holding import Hold
from playground.network import changeable
from playground.network.changing import after
from playground.paths import item
from playground.runs.executor import Ended, Session
from playground.runs.info import Branch, RunState
from playground.runs.messages import Action, Alter, Checkpointed, Command, Failed, Fitted, Message, Paused, Rested, Speed, Watched, Weights
from playground.runs.overview import chosen_name
from playground.runs.run_files import RunFiles
from playground.runs.status import Numbers
from playground.runs.store import StoredRun
from playground.runs.timeline import Cursor, Timeline
from playground.runs.without_folders import without_folders
from playground.settings import settings
from playground.spec import Change, ExperimentSpec
from playground.training.declarations import declarations
from playground.training.events import Changed, Diverged, Event, Finished, Progress, Refused, Started
from playground.training.wanted import NOTHING, Wanted

STARTED_AGAIN = "It started again from its first step, because it had left no checkpoint that can be used."
MOST_RESUMES = 2
"""How often an interrupted run is resumed without new progress before it waits for its owner."""
CONTINUABLE = frozenset({RunState.PAUSED, RunState.INTERRUPTED, RunState.FAILED})
"""States from which a run can continue, from its last checkpoint if nothing computes it."""

END_MESSAGES = {
    "epochs": "",
    "target_accuracy": "Ended early: the target accuracy was reached.",
    "patience": "Ended early: the test loss did not improve within the allowed number of epochs.",
    "time": "Ended early: the time limit was reached.",
    "limit": "Ended early: one run may not train for longer. The operator of this server can allow more: PLAYGROUND_RUN_SECONDS.",
    "stopped": "",
}


@dataclass(eq=False)
class LiveRun:
    """What the server knows about a run. Everything except the timeline is changed under the lock of `Runs`.

    next_action: what its owner wants of it, which it does when it is its turn. paused_since, stopping_since: by the monotonic clock;
    stopping_since: when it received the command to stop. steps_per_second: at most, infinite for full speed. given_name, branch: as in
    `RunInfo`."""

    id: str
    spec: ExperimentSpec
    files: RunFiles
    created: datetime
    owner: str = ""
    state: RunState = RunState.QUEUED
    message: str = ""
    advice: tuple[str, ...] = ()
    session: Session | None = None
    attended: bool = False
    """Whether a session starts, computes it or is ending."""
    leaving: bool = False
    """Whether its session has been asked to end with a checkpoint, and has not ended yet."""
    unwatched_since: float | None = field(default_factory=time.monotonic)
    """By the monotonic clock; None while somebody watches."""
    wanted: Wanted = NOTHING
    """The views that those who watch look at."""
    next_action: Literal["run", "batch", "epoch", "pause", "stop"] = "run"
    paused_since: float = 0.0
    stopping: bool = False
    """Whether it should stop, now or when it is its turn."""
    stopping_since: float | None = None
    threads: int = field(init=False)
    """CPU threads on which it computes, 1 as long as that is open."""
    resumes: int = 0
    """How often the run was resumed automatically, after an interruption, since its last new checkpoint."""
    given_name: str = ""
    branch: Branch | None = None
    content: Hold | None = None
    """Keeps the uploaded data of the run in the store until the run has ended."""
    is_stored: bool = False
    """Whether it has a row in the database."""
    stored_spec: ExperimentSpec | None = None
    """The spec in its row, as far as this server has written it."""
    is_written: bool = False
    """Whether its row says everything that is known here."""
    written: Cursor | None = None
    """How much of the timeline has been stored."""
    stored_views: dict[str, int] = field(default_factory=dict)
    """The step of each view that has been stored."""
    timeline: Timeline = field(init=False)
    numbers: Numbers = field(init=False)
    steps_per_second: float = math.inf
    _commands: int = 0
    _followed: int = 0
    """The number of the newest command that says what the run does; a later one may let it rest."""
    _unsent: list[object] = field(default_factory=list)
    _resumed_from: int = 0
    _altering: list[Alter] = field(default_factory=list)
    """Changes that have been sent to a session and not been answered. The next session gets them if it ends before."""
    _submitted: float | None = field(default_factory=time.monotonic)
    _asked_for_step: float | None = None

    def __post_init__(self) -> None:
        self.threads = 1 if self.spec.training.threads == "auto" else self.spec.training.threads
        self.timeline = Timeline(declared=declarations(self.spec))
        limits = [seconds for seconds in (self.spec.training.stop.seconds, settings().run_seconds) if seconds]
        self.numbers = Numbers(self.spec.training.epochs, min(limits, default=None))

    @classmethod
    def stored(cls, run: StoredRun, spec: ExperimentSpec, files: RunFiles, timeline: Timeline) -> "LiveRun":
        """A stored run, to be continued. timeline: as it was stored."""
        live = cls(run.id, spec, files, run.created, run.owner, run.state, run.message, run.advice, resumes=run.resumes, is_stored=True)
        live.given_name, live.branch = chosen_name(run.name, spec), run.branch
        live.timeline = timeline
        live.numbers.restore(run.numbers)
        return live

    @property
    def directory(self) -> Path:
        return self.files.path

    @property
    def text(self) -> str:
        """The reason for its state, and what could not be saved."""
        return without_folders(" ".join(filter(None, (self.message, self.files.problem))))

    @property
    def watched(self) -> bool:
        return self.unwatched_since is None

    def unwatched_seconds(self, now: float) -> float:
        """For how long nobody has watched."""
        return 0.0 if self.unwatched_since is None else now - self.unwatched_since

    def command(self, action: Action) -> None:
        """Sends a command to the session, now or as soon as there is one."""
        self._commands += 1
        if action != "rest":
            self._followed = self._commands
            self._asked_for_step = time.monotonic() if action == "batch" else None
        self._send(Command(action, self._commands))

    def set_speed(self, steps_per_second: float) -> None:
        """How many steps it takes in a second at most."""
        self.steps_per_second = steps_per_second
        if self.session is not None:
            self.session.send(Speed(steps_per_second))

    def alter(self, path: str, value: float) -> None:
        """A setting, or a weight, is to have another value: at once if the run waits without a session, otherwise as its session says. A
        setting that has this value, or is about to have it, does not change."""
        if self._value_to_be(path) == value:
            return
        if self.attended:
            self._altering.append(Alter(path, value))
            self._send(self._altering[-1])
        else:
            numbers = self.numbers.current
            event = Changed(int(numbers["step"] or 0), float(numbers["epoch"] or 0.0), path, value)
            self._changed(event)
            self.files.write(event)

    def leave(self) -> None:
        """Ends its session with a checkpoint, from which the run continues in another one, unless the server is closing."""
        if self.session is not None:
            self.leaving = True
            self.session.leave()

    def attach(self, session: Session) -> None:
        """The run is computed from now on."""
        self.session = session
        session.send(Watched(self.watched, self.wanted))
        if self.steps_per_second < math.inf:
            session.send(Speed(self.steps_per_second))
        for message in self._unsent:
            session.send(message)
        self._unsent.clear()

    def rests(self, message: Rested) -> bool:
        """Whether the session rests until the next command, and none is on its way."""
        return message.number == self._commands and not self.state.ended

    def receive(self, message: Message) -> bool:
        """Handles a message from the session. Returns whether the run no longer needs its slot."""
        match message:
            case Weights() | Fitted() | Rested():
                return False
            case Checkpointed():
                if message.step > self._resumed_from:
                    self.resumes = 0
                return False
            case Changed() | Refused():
                self._answered(message)
                return False
            case Paused():
                if message.number < self._followed or self.state.ended:
                    return False  # a later command is on its way
                if self._asked_for_step is not None:
                    measures.STEP.observe(time.monotonic() - self._asked_for_step)
                self.enter(RunState.PAUSED)
                return True
            case Failed():
                self.enter(RunState.REFUSED if message.refused else RunState.FAILED, message.message, message.advice)
            case Started():
                lost = self.numbers.current["step"] if message.step == 0 else 0
                self._resumed_from = message.step
                self.threads = message.execution.threads
                self._record(message)
                if self._submitted is not None:
                    measures.WAITING.observe(time.monotonic() - self._submitted)
                    self._submitted = None
                if self.state is RunState.STARTING:
                    self.enter(RunState.RUNNING, STARTED_AGAIN if lost else "")
                return False
            case Finished():
                self._record(message)
                state = RunState.STOPPED if message.reason == "stopped" else RunState.FINISHED
                self.enter(state, END_MESSAGES[message.reason], message.findings)
            case Diverged():
                self._record(message)
                self.enter(RunState.DIVERGED, message.message, message.advice)
            case _:
                self._record(message)
                return False
        return True

    def session_ended(self, ended: Ended, closing: bool) -> bool:
        """The session of the run has ended. Returns whether it goes on in another session, when it is its turn. closing: whether it
        cannot, because the server is closing."""
        self.session, self.attended, self.leaving = None, False, False
        self._unsent = [message for message in self._unsent if message not in self._altering] + self._altering
        if ended.left and not closing and not self.stopping:
            return True
        if self.state.ended or (self.state is RunState.PAUSED and not self.stopping):
            return False  # a paused run has left a checkpoint
        if self.next_action == "pause" and (closing or ended.interrupted):
            self.enter(RunState.PAUSED)
        elif closing:
            self.enter(RunState.INTERRUPTED, interruption_message(self.state))
        elif self.stopping:
            self.enter(RunState.STOPPED, "" if ended.left else "Killed: its last step did not finish in time.")
        else:
            self.enter(RunState.INTERRUPTED if ended.interrupted else RunState.FAILED, ended.message, ended.advice)
        return False

    def enter(self, state: RunState, message: str = "", advice: tuple[str, ...] = ()) -> None:
        """Sets the state and the reason for it. If no rows will follow, all rows of the timeline become visible."""
        self.state, self.message, self.advice, self.is_written = state, message, advice, False
        if state is RunState.PAUSED or state.ended:
            self.timeline.settle()
        if state.ended:
            measures.RUNS_ENDED.labels(state.value).inc()
            if self.content is not None:
                self.content.close()

    def set_watched(self, watched: bool, wanted: Wanted) -> None:
        """Whether anybody watches it now, and the views that they look at."""
        if (watched, wanted) == (self.watched, self.wanted):
            return
        if watched != self.watched:
            self.unwatched_since = None if watched else time.monotonic()
        self.wanted = wanted
        if self.session is not None:
            self.session.send(Watched(watched, wanted))

    def _answered(self, event: Changed | Refused) -> None:
        """The session has made a change, or refused it."""
        asked = Alter(event.path, event.value)
        if asked in self._altering:
            self._altering.remove(asked)
        if isinstance(event, Changed):
            self._changed(event)

    def _value_to_be(self, path: str) -> float | None:
        """Of a setting, when all changes have been made; None of a weight, which training moves."""
        if all(setting.path != path for setting in changeable(self.spec)):
            return None
        owner, _, name = path.rpartition(".")
        now: float = getattr(item(after(self.spec), owner), name)
        return next((asked.value for asked in reversed(self._altering) if asked.path == path), now)

    def _changed(self, event: Changed) -> None:
        """From now on the run is one of the experiment with this change."""
        self.spec = self.spec.with_change(Change(step=event.step, path=event.path, value=event.value))
        self.is_written = False

    def _record(self, event: Event) -> None:
        if isinstance(event, Progress):
            measures.STEPS.inc(len(event.steps))
        self.timeline.add(event)
        self.numbers.add(event)
        self.is_written = False

    def _send(self, message: object) -> None:
        if self.session is None:
            self._unsent.append(message)
        else:
            self.session.send(message)


def interruption_message(state: RunState) -> str:
    """The message for a run in this state when its server stops."""
    doing = "was waiting" if state is RunState.QUEUED else "was training"
    return f"The server was stopped while this run {doing}. It continues when the server starts again."
