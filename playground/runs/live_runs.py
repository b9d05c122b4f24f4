"""The runs that this server computes, or may compute, and those that somebody continues here."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

from playground.runs.computing import STOP_SECONDS, Computing
from playground.runs.elsewhere import Elsewhere
from playground.runs.executor import Executor
from playground.runs.info import RunInfo, RunNotFound, RunOver, RunState
from playground.runs.live import CONTINUABLE, MOST_RESUMES, LiveRun
from playground.runs.overview import Standing, chosen_name, result, sparkline
from playground.runs.records import Records
from playground.runs.relay import Action
from playground.runs.saving import Saved, save
from playground.runs.sharing import Sharing
from playground.runs.timeline import Timeline
from playground.runs.watchers import Watchers, Watching
from playground.training.wanted import Wanted

logger = logging.getLogger(__name__)

Step = Literal["batch", "epoch"]

SESSIONS = 64
UNWATCHED_SECONDS = 600.0
ENDED_IN_MEMORY = 64


class LiveRuns:
    """By id, the runs that have not ended, some that have ended recently, and those that somebody continues. Commands to those that another
    server computes are passed on to it.

    records: where they are stored. delete: as `Runs.delete`. The others: as in `Runs`. Any thread may call any method.
    Raises (the methods that command a run): RunNotFound."""

    def __init__(
        self,
        directory: Path,
        database: str | None,
        parallel: int,
        executor: Executor,
        sessions: int,
        unwatched_seconds: float,
        delete: Callable[[str], None],
    ) -> None:
        self.records = Records(directory, database, self)
        self._delete = delete
        self._started = False
        self._lock = threading.RLock()
        self._runs: dict[str, LiveRun] = {}
        self._watchers = Watchers()
        sharing = partial(Sharing, parallel, sessions, unwatched_seconds)
        self._computing = Computing(self._runs, self._lock, executor, sharing, lambda run: self._watchers.changed(run.id), self._notify)
        self._elsewhere = Elsewhere(self.records, self._obey, self._adopt, self._watch_there, self._watchers.changed)

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._runs

    def get(self, run_id: str) -> LiveRun | None:
        return self._runs.get(run_id)

    def start(self) -> None:
        """Lets the executor get ready, and resumes runs that an earlier server left unfinished; paused ones stay paused.

        Raises: ExecutorError if no run can ever be computed here."""
        self._computing.start()
        self._started = True
        self._resume_all()

    def close(self) -> None:
        """Ends all sessions with a checkpoint, and marks runs that were not paused as interrupted. No run can be added afterwards."""
        self._computing.close()
        for run_id in tuple(self._runs):
            self._watchers.changed(run_id)
        self._watchers.notify()

    def add(self, run: LiveRun) -> None:
        """A new run, to be computed when it is its turn.

        Raises: RuntimeError after `close`."""
        with self._lock:
            if self._computing.closing:
                raise RuntimeError("the server is closing; no run can be started")
            self._runs[run.id] = run
            self._computing.enqueue(run)
        self._notify()

    def info(self, run: LiveRun) -> RunInfo:
        with self._lock:
            position = self._computing.sharing.position(run)
            diverging = not run.state.ended and bool(run.numbers.current["diverging"])
            return RunInfo(
                run.id, run.spec, run.state, position, run.text, run.advice, run.created, run.directory, diverging, run.owner,
                run.given_name, run.branch,
            )  # fmt: skip

    def status(self, run: LiveRun) -> dict[str, Any]:
        """As `Runs.status`."""
        with self._lock:
            return {
                "state": run.state.value,
                "message": run.text,
                "advice": list(run.advice),
                **run.numbers.current,
                **self._computing.sharing.status(run),
            }

    def standing(self, run: LiveRun) -> Standing:
        """How far it has come."""
        with self._lock:
            state, message, numbers, position = run.state.value, run.text, run.numbers.current, self._computing.sharing.position(run)
        return Standing(
            state, message, numbers["epoch"], numbers["epochs"], numbers["seconds"], result(run.timeline.declared, numbers),
            sparkline(run.timeline), position,
        )  # fmt: skip

    def unfinished(self) -> dict[str, str]:
        """The runs that are training or want to, by id, with their owners; not those that are paused or being stopped."""
        with self._lock:
            return {
                run.id: run.owner
                for run in self._runs.values()
                if not run.state.ended and run.state is not RunState.PAUSED and run.stopping_since is None
            }

    def counts(self) -> Counter[RunState]:
        """How many runs of this server are in each state, among those that it has in memory: all that have not ended."""
        return Counter(run.state for run in tuple(self._runs.values()))

    def read_again(self, run_ids: Collection[str]) -> None:
        """Reads owner and name of these runs from the database, where they have changed, on every server that has the runs in memory."""
        for run_id in run_ids:
            self._read_again(run_id)
        self._elsewhere.send_to_all([run_id for run_id in run_ids if run_id not in self._runs], "read")

    def _read_again(self, run_id: str) -> None:
        run = self._runs.get(run_id)
        stored = None if run is None else self.records.store.get(run_id)
        if run is not None and stored is not None:
            with self._lock:
                run.owner, run.given_name = stored.owner, chosen_name(stored.name, run.spec)

    def resume(self, run_id: str) -> None:
        """As `Runs.resume`; the same for those below."""
        self._continue(run_id, "run")

    def step(self, run_id: str, step: Step) -> None:
        self._continue(run_id, step)

    def pause(self, run_id: str) -> None:
        if self.passed_on(run_id, "pause"):
            return
        with self._controlled(run_id) as run:
            if run is not None and run.state is not RunState.PAUSED:
                self._computing.pause(run)

    def stop(self, run_id: str) -> None:
        self._revived(run_id, {RunState.PAUSED})
        if self.passed_on(run_id, "stop"):
            return
        with self._controlled(run_id) as run:
            if run is not None:
                self._computing.stop(run)

    def change(self, run_id: str, path: str, value: float) -> None:
        """As `Runs.change`, for a change that has been checked. Raises: RunOver."""
        self._revived(run_id, {RunState.PAUSED})
        if self.passed_on(run_id, "change", json.dumps([path, value])):
            return
        with self._controlled(run_id) as run:
            if run is None:
                raise RunOver
            run.alter(path, value)
        self.records.write_soon()

    def set_speed(self, run_id: str, steps_per_second: float) -> None:
        if self.passed_on(run_id, "speed", str(steps_per_second)):
            return
        with self._controlled(run_id) as run:
            if run is not None:
                self._computing.set_speed(run, steps_per_second)

    def watch(self, run_id: str, callback: Callable[[], None]) -> Watching:
        if run_id not in self._runs:
            self._elsewhere.follow(run_id)
        key = object()
        self._watchers.add(run_id, key, callback)
        self._tell_watched(run_id)

        def look(wanted: Wanted) -> None:
            self._watchers.look(run_id, key, wanted)
            self._tell_watched(run_id)

        def end() -> None:
            self._watchers.remove(run_id, key)
            self._tell_watched(run_id)
            if not self._watchers.watches(run_id):
                self._elsewhere.unfollow(run_id)

        return Watching(look, end)

    def passed_on(self, run_id: str, action: Action, argument: str = "") -> bool:
        """Whether another server computes the run, or has it in memory: then it gets the command."""
        return run_id not in self._runs and self._elsewhere.send(run_id, action, argument)

    def timeline(self, run_id: str) -> Timeline | None:
        """Of a run that is computed here, or on another server while somebody watches it here."""
        run = self._runs.get(run_id)
        return self._elsewhere.timeline(run_id) if run is None else run.timeline

    def end(self, run_id: str) -> bool:
        """Ends a run without a last evaluation. Returns whether it has ended."""
        self.stop(run_id)
        run, over = self._runs.get(run_id), threading.Event()
        if run is None:
            return True
        watching = self.watch(run_id, lambda: over.set() if run.state.ended and run.session is None else None)
        with self._lock:
            self._computing.kill(run)
        self._watchers.changed(run_id)
        self._notify()
        over.wait(STOP_SECONDS)
        watching.end()
        return over.is_set()

    def remove(self, run_id: str) -> bool:
        """Forgets a run that is over. Whether it was here."""
        with self._lock:
            return self._runs.pop(run_id, None) is not None

    def is_needed(self, run_id: str) -> bool:
        """Whether a run has not ended, or somebody watches it."""
        run = self._runs.get(run_id)
        return run is not None and not (run.state.ended and run.session is None and not run.watched)

    @contextmanager
    def _controlled(self, run_id: str, also: Collection[RunState] = ()) -> Iterator[LiveRun | None]:
        """Under the lock, a run that can still receive commands, otherwise None. Its watchers are notified afterwards.

        also: states of ended runs that can receive the command nevertheless."""
        run = self._runs.get(run_id)
        if run is None and not self.records.archive.holds(run_id):
            raise RunNotFound
        with self._lock:
            is_over = run is None or (run.state.ended and run.state not in also) or run.stopping or self._computing.closing
            yield None if is_over else run
            if run is not None:
                self._watchers.changed(run.id)
        self._notify()

    def _continue(self, run_id: str, action: Literal["run", "batch", "epoch"]) -> None:
        self._revived(run_id, CONTINUABLE)
        if self.passed_on(run_id, action):
            return
        with self._controlled(run_id, also=CONTINUABLE) as run:
            if run is not None:
                self._computing.proceed(run, action)

    def _revived(self, run_id: str, states: Collection[RunState]) -> LiveRun | None:
        """A run that can be continued here, read from the store if it is in one of these states and no other server has it."""
        run = self._runs.get(run_id)
        if run is not None or self._computing.closing:
            return run
        run = self.records.revived(run_id, states)
        if run is None:
            return None
        with self._lock:
            run = self._runs.setdefault(run_id, run)
        self._elsewhere.unfollow(run_id)
        self._tell_watched(run_id)
        return run

    def _resume_all(self) -> None:
        """Continues the interrupted runs of servers that are gone."""
        for run_id in self.records.store.interrupted(MOST_RESUMES):
            run = self._revived(run_id, {RunState.INTERRUPTED})
            if run is not None:
                with self._lock:
                    self._computing.resume_interrupted(run)
        self._notify()

    def _adopt(self) -> None:
        self.records.mark_interrupted()
        if self._started:
            self._resume_all()

    def _obey(self, run_id: str, action: Action, argument: str) -> None:
        """Follows a command that another server has passed on."""
        with suppress(RunNotFound, RunOver):
            match action:
                case "pause":
                    self.pause(run_id)
                case "stop":
                    self.stop(run_id)
                case "change":
                    path, value = json.loads(argument)
                    self.change(run_id, path, value)
                case "speed":
                    self.set_speed(run_id, float(argument))
                case "delete":  # takes as long as its last step
                    threading.Thread(target=self._delete, args=(run_id,), name=f"delete {run_id}", daemon=True).start()
                case "read":
                    self._read_again(run_id)
                case "run" | "batch" | "epoch":
                    self._continue(run_id, action)

    def _watch_there(self, run_id: str, watched: bool) -> None:
        """Whether somebody watches the run on another server."""
        if watched:
            self._watchers.add(run_id, self._elsewhere, lambda: None)
        else:
            self._watchers.remove(run_id, self._elsewhere)
        self._tell_watched(run_id)

    def _lose(self, run: LiveRun) -> None:
        """The run has been deleted, or another server has taken it over, which believed this one to be gone."""
        with self._lock:
            if self._runs.get(run.id) is not run:
                return
            del self._runs[run.id]
            self._computing.abandon(run)
        logger.warning("Run %s is no longer a run of this server, which gives it up", run.id)
        if self._watchers.watches(run.id):
            with suppress(RunNotFound):
                self._elsewhere.follow(run.id)
        self._watchers.changed(run.id)

    def _tell_watched(self, run_id: str) -> None:
        with self._lock:
            if run_id in self._runs:
                self._runs[run_id].set_watched(self._watchers.watches(run_id), self._watchers.wanted(run_id))

    def _notify(self) -> None:
        """Outside the lock: notifies watchers of changed runs, and stores ended runs immediately."""
        changed = [self._runs.get(run_id) for run_id in self._watchers.notify()]
        if any(run is not None and run.state.ended for run in changed):
            self.records.write_soon()

    def write(self) -> None:
        """Stores what has changed, in the thread of the store writer. Also kills runs that take too long to stop."""
        with self._lock:
            runs = tuple(self._runs.values())
        for run in runs:
            with self._lock:
                self._computing.kill_if_overdue(run)
            watched_there = self._elsewhere.is_watched_there(run.id)
            saved = save(run, self._lock, self.records.store, self.records.server, with_views=watched_there)
            if saved is Saved.LOST:
                self._lose(run)
            elif saved is Saved.WRITTEN and watched_there:
                self._elsewhere.tell(run.id)
        self._forget()

    def look(self) -> None:
        """Looks for what other servers have sent."""
        if not self._computing.closing:  # what is sent to this server now is for the one that continues its runs
            self._elsewhere.look()
            self._notify()

    def seconds(self) -> float:
        """How long to wait until the next `look`."""
        return self._elsewhere.seconds()

    def concerns(self, name: str) -> bool:
        """As `Elsewhere.concerns`."""
        return self._elsewhere.concerns(name)

    def _forget(self) -> None:
        """Ended runs that are stored are read from the store from now on, except the latest."""
        with self._lock:
            idle = [run for run in self._runs.values() if run.session is None and not run.watched]
            ended = [run for run in idle if run.state.ended and run.is_written and run.is_stored]
            for run in ended[: max(0, len(ended) - ENDED_IN_MEMORY)]:
                del self._runs[run.id]
