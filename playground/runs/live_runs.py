"""The runs that this server computes, or may compute: their commands, their turns and their sessions."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playground.catalog.datasets.own import content_held
from playground.runs.executor import Ended, Executor, ExecutorError
from playground.runs.info import RunInfo, RunNotFound, RunState
from playground.runs.live import CONTINUABLE, MOST_RESUMES, LiveRun, interruption_message
from playground.runs.messages import Action, Job, Message, Rested
from playground.runs.overview import Standing, result, sparkline
from playground.runs.records import Records
from playground.runs.sharing import Sharing
from playground.runs.store import StoreError
from playground.settings import environment
from playground.training.events import Progress, Started

logger = logging.getLogger(__name__)

Step = Literal["batch", "epoch"]

SESSIONS = 64
UNWATCHED_SECONDS = 600.0
STOP_SECONDS = 30
"""How long a run may take to stop before it is killed."""
CLOSE_SECONDS = 5
ENDED_IN_MEMORY = 64


class LiveRuns:
    """By id, the runs that have not ended, some that have ended recently, and those that somebody continues.

    records: where they are stored. The others: as in `Runs`. Any thread may call any method.
    Raises (the methods that command a run): RunNotFound."""

    def __init__(self, records: Records, parallel: int, executor: Executor, sessions: int, unwatched_seconds: float) -> None:
        self._records, self._executor = records, executor
        self._lock = threading.RLock()
        self._sharing = Sharing(parallel, sessions, unwatched_seconds, self._tick)
        self._runs: dict[str, LiveRun] = {}
        self._changed: set[LiveRun] = set()
        self._onlookers: dict[str, dict[object, Callable[[], None]]] = {}
        """Who watches stored runs, which may go on."""
        self._threads: set[threading.Thread] = set()
        self._closing = False

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._runs

    def get(self, run_id: str) -> LiveRun | None:
        return self._runs.get(run_id)

    def start(self) -> None:
        """Lets the executor get ready, and resumes runs that an earlier server left unfinished; paused ones stay paused.

        Raises: ExecutorError if no run can ever be computed here."""
        self._executor.start()
        for run_id in self._records.store.interrupted(MOST_RESUMES):
            self._resume_interrupted(self._revived(run_id, {RunState.INTERRUPTED}))
        self._notify()

    def close(self) -> None:
        """Ends all sessions with a checkpoint, and marks runs that were not paused as interrupted. No run can be added afterwards."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            for run in self._runs.values():
                if run.session is not None:
                    run.leave()
                elif not run.attended and not run.state.ended and run.state is not RunState.PAUSED:
                    run.enter(RunState.INTERRUPTED, interruption_message(run.state))
            threads = tuple(self._threads)
        self._sharing.close()
        deadline = time.monotonic() + CLOSE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            for run in self._runs.values():
                if run.session is not None:
                    run.session.kill()
        self._executor.close()  # also ends the wait for a session that has not started yet
        for thread in threads:
            thread.join()
        for run in tuple(self._runs.values()):
            run.notify_watchers()

    def add(self, run: LiveRun) -> None:
        """A new run, to be computed when it is its turn.

        Raises: RuntimeError after `close`."""
        with self._lock:
            if self._closing:
                raise RuntimeError("the server is closing; no run can be started")
            self._runs[run.id] = run
            self._enqueue(run)
        self._notify()

    def info(self, run: LiveRun) -> RunInfo:
        with self._lock:
            position = self._sharing.position(run)
            diverging = not run.state.ended and bool(run.numbers.current["diverging"])
            return RunInfo(run.id, run.spec, run.state, position, run.text, run.advice, run.created, run.directory, diverging, run.owner)

    def status(self, run: LiveRun) -> dict[str, Any]:
        """As `Runs.status`."""
        with self._lock:
            return {
                "state": run.state.value,
                "message": run.text,
                "advice": list(run.advice),
                **run.numbers.current,
                **self._sharing.status(run),
            }

    def standing(self, run: LiveRun) -> Standing:
        """How far it has come."""
        with self._lock:
            state, message, numbers, position = run.state.value, run.text, run.numbers.current, self._sharing.position(run)
        found = result(run.timeline.declared, numbers), sparkline(run.timeline)
        return Standing(state, message, numbers["epoch"], numbers["epochs"], numbers["seconds"], *found, queue_position=position)

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

    def claim(self, run_id: str, owner: str) -> None:
        """Gives a run that belongs to nobody to this owner."""
        run = self._runs.get(run_id)
        with self._lock:
            if run is not None and not run.owner:
                run.owner = owner

    def hand_over(self, before: str, after: str) -> None:
        """Gives all runs of one owner to another."""
        with self._lock:
            for run in self._runs.values():
                if run.owner == before:
                    run.owner = after

    def resume(self, run_id: str) -> None:
        """Continues a run that is paused, was interrupted or has failed, as soon as it is its turn; from its last checkpoint if nothing
        computes it any longer. Does nothing in any other state.

        Raises (as all methods below): RunNotFound."""
        self._continue(run_id, "run")

    def step(self, run_id: str, step: Step) -> None:
        """Takes one batch, or trains to the end of the epoch, then pauses. Also for a run that is training."""
        self._continue(run_id, step)

    def pause(self, run_id: str) -> None:
        """Takes no further step, at most one batch from now, until `resume` or `step`. A run that waits for its turn waits no longer."""
        with self._controlled(run_id) as run:
            if run is None or run.state is RunState.PAUSED:
                return
            run.next_action = "pause"
            if self._sharing.waits(run):
                self._paused(run)
            else:
                self._command(run, "pause")

    def stop(self, run_id: str) -> None:
        """Ends the run after the current batch, with a last evaluation and its weights."""
        self._revived(run_id, {RunState.PAUSED})
        with self._controlled(run_id) as run:
            if run is not None:
                self._stop(run)

    def watch(self, run_id: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback`, from any thread, whenever the run has changed, until the returned function is called.

        Views are computed only while somebody watches. The callback must return immediately.
        Raises: RunNotFound."""
        if run_id not in self._runs:
            self._records.archive.info(run_id)
        key = object()
        with self._lock:
            if run_id in self._runs:
                self._runs[run_id].watch(key, callback)
            else:
                self._onlookers.setdefault(run_id, {})[key] = callback

        def unwatch() -> None:
            with self._lock:
                if run_id in self._runs:
                    self._runs[run_id].unwatch(key)
                onlookers = self._onlookers.get(run_id, {})
                onlookers.pop(key, None)
                if not onlookers:
                    self._onlookers.pop(run_id, None)

        return unwatch

    def end(self, run_id: str) -> bool:
        """Ends a run without a last evaluation. Whether nothing computes it any longer."""
        self.stop(run_id)
        run, over = self._runs.get(run_id), threading.Event()
        if run is None:
            return True
        unwatch = self.watch(run_id, lambda: over.set() if run.state.ended and run.session is None else None)
        with self._lock:
            if run.session is not None:
                run.session.kill()
        run.notify_watchers()
        over.wait(STOP_SECONDS)
        unwatch()
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

        also: states in which a run has ended and can receive the command all the same."""
        run = self._runs.get(run_id)
        if run is None and not self._records.archive.holds(run_id):
            raise RunNotFound
        with self._lock:
            is_over = run is None or (run.state.ended and run.state not in also) or run.stopping or self._closing
            yield None if is_over else run
            if run is not None:
                self._changed.add(run)
        self._notify()

    def _continue(self, run_id: str, action: Literal["run", "batch", "epoch"]) -> None:
        self._revived(run_id, CONTINUABLE)
        with self._controlled(run_id, also=CONTINUABLE) as run:
            if run is None:
                return
            run.next_action = action
            if run.state in CONTINUABLE:
                run.resumes = 0
                self._enqueue(run)
            elif not self._sharing.waits(run):
                self._command(run, action)
            elif action != "run":
                self._sharing.request(run)
                self._take_turns()

    def _revived(self, run_id: str, states: Collection[RunState]) -> LiveRun | None:
        """A run that can be continued here, read from the store if it is in one of these states and no other server has it."""
        run = self._runs.get(run_id)
        if run is not None or self._closing:
            return run
        run = self._records.revived(run_id, states)
        if run is None:
            return None
        with self._lock:
            run = self._runs.setdefault(run_id, run)
            for key, callback in self._onlookers.pop(run_id, {}).items():
                run.watch(key, callback)
            return run

    def _resume_interrupted(self, run: LiveRun | None) -> None:
        """Resumes a run that was interrupted, unless it was resumed too often without new progress."""
        with self._lock:
            if run is None or run.state is not RunState.INTERRUPTED or self._closing:
                return
            if run.resumes < MOST_RESUMES:
                run.resumes += 1
                self._enqueue(run)
            else:
                run.enter(RunState.INTERRUPTED, f"{run.message} It was continued {MOST_RESUMES} times and got no further.", run.advice)

    def _enqueue(self, run: LiveRun) -> None:
        run.content = run.content or content_held(run.spec.data)
        run.enter(RunState.QUEUED)
        self._sharing.request(run)
        self._take_turns()

    def _release(self, run: LiveRun) -> None:
        """The run needs no turn for now, or no longer."""
        self._sharing.release(run)
        self._take_turns()

    def _take_turns(self) -> None:
        """Lets those compute whose turn it is, and those rest who have had theirs."""
        if self._closing:
            return
        start, rest, changed = self._sharing.decide(self._runs)
        for run in rest:
            run.command("rest")
        for run in start:
            self._take_turn(run)
        leaving = self._sharing.makes_room(self._runs)
        if leaving is not None:
            leaving.leave()
            self._sharing.leaves(leaving)
        self._changed.update(start, changed)

    def _take_turn(self, run: LiveRun) -> None:
        run.command(run.next_action)
        if run.stopping:
            run.stopping_since = time.monotonic()
        if run.state is RunState.QUEUED:
            run.enter(RunState.RUNNING if run.attended else RunState.STARTING)
        if not run.attended:
            run.attended = True
            thread = threading.Thread(target=self._attend, args=(run,), name=f"run {run.id}", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _tick(self) -> None:
        with self._lock:
            self._take_turns()
        self._notify()

    def _command(self, run: LiveRun, action: Action) -> None:
        """A command of its owner to a run that computes."""
        self._sharing.commanded(run)
        run.command(action)

    def _paused(self, run: LiveRun) -> None:
        if run.state is not RunState.PAUSED:
            run.enter(RunState.PAUSED)
        run.paused_since = time.monotonic()
        self._release(run)

    def _stop(self, run: LiveRun) -> None:
        if not run.attended:
            run.files.remove_checkpoint()
            run.enter(RunState.STOPPED, "" if run.numbers.current["step"] else "Stopped before its first step.")
            self._release(run)
            return
        run.stopping, run.next_action = True, "stop"
        computes = run.state is not RunState.PAUSED and not self._sharing.waits(run)
        self._sharing.request(run)
        if computes:
            run.stopping_since = time.monotonic()
            self._command(run, "stop")
        self._take_turns()

    def _attend(self, run: LiveRun) -> None:
        """Runs in one thread per session: starts it, receives its messages, and notices when it has ended."""
        try:
            session = self._executor.run(Job(run.spec, environment(), run.files.checkpoint(), self._most_threads()))
        except ExecutorError as error:
            self._ended(run, Ended(str(error)))
            return
        with self._lock:
            run.attach(session)
            self._sharing.attached(run)
            if self._closing:
                run.leave()
        try:
            for message in session.messages():
                if isinstance(message, Ended):
                    self._ended(run, message)
                    return
                self._receive(run, message)
        except Exception:
            logger.exception("The messages of run %s cannot be handled", run.id)
            session.kill()
            self._ended(run, Ended("An unexpected error of the server ended this run; see the server's log."))

    def _most_threads(self) -> int | None:
        """One for each run as long as others compute or wait."""
        with self._lock:
            return None if self._sharing.count <= 1 else 1

    def _receive(self, run: LiveRun, message: Message) -> None:
        run.files.write(message)
        with self._lock:
            if isinstance(message, Rested) and run.rests(message):
                self._sharing.rested(run)
                self._take_turns()
            elif run.receive(message):
                if run.state is RunState.PAUSED:
                    self._paused(run)
                else:
                    self._release(run)
            elif isinstance(message, Progress) and self._sharing.shown(run):
                self._take_turns()
            elif isinstance(message, Started):
                self._sharing.started(run)
            self._changed.add(run)
        self._notify()

    def _ended(self, run: LiveRun, ended: Ended) -> None:
        run.files.close()
        with self._lock:
            if run.session_ended(ended, self._closing):
                self._sharing.left(run)
                self._take_turns()
            else:
                self._release(run)
                self._resume_interrupted(run)
            self._changed.add(run)
            self._threads.discard(threading.current_thread())
        self._notify()

    def _notify(self) -> None:
        """Outside the lock: notifies watchers of changed runs, and stores ended runs immediately."""
        with self._lock:
            changed, self._changed = self._changed, set()
        ended = False
        for run in changed:
            run.notify_watchers()
            ended = ended or run.state.ended
        if ended:
            self._records.write_soon()

    def write(self) -> None:
        """Stores what has changed, in the thread of the store writer. Also kills runs that take too long to stop."""
        with self._lock:
            runs = tuple(self._runs.values())
        for run in runs:
            with self._lock:
                overdue = run.stopping_since is not None and time.monotonic() - run.stopping_since > STOP_SECONDS
                if overdue and run.session is not None:
                    run.session.kill()
                if run.is_written or not run.is_stored:
                    continue
                state, message, advice, numbers = run.state, run.text, run.advice, run.numbers.current
                run.is_written = True
            news, cursor = run.timeline.delta(run.written)
            rests = state is RunState.PAUSED or state.ended
            views = run.timeline.views.values() if rests else ()
            described = {"result": result(run.timeline.declared, numbers), "sparkline": sparkline(run.timeline)} if rests else None
            try:
                self._records.store.write(run.id, state, message, advice, numbers, news, views, run.resumes, described)
            except StoreError:
                run.is_written = False
                raise
            run.written = cursor
        self._forget()

    def _forget(self) -> None:
        """Ended runs that are stored are read from the store from now on, except the latest."""
        with self._lock:
            idle = [run for run in self._runs.values() if run.session is None and not run.watched]
            ended = [run for run in idle if run.state.ended and run.is_written and run.is_stored]
            for run in ended[: max(0, len(ended) - ENDED_IN_MEMORY)]:
                del self._runs[run.id]
