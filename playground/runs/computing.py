"""Computes the runs of a server: which of them when, and in which sessions."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal

from playground.catalog.datasets.own import content_held
from playground.runs.executor import Ended, Executor, ExecutorError
from playground.runs.info import RunState
from playground.runs.live import CONTINUABLE, MOST_RESUMES, LiveRun, interruption_message
from playground.runs.messages import Action, Job, Message, Rested
from playground.runs.sharing import Sharing
from playground.settings import environment
from playground.training.events import Progress, Started

logger = logging.getLogger(__name__)

STOP_SECONDS = 30
"""How long a run may take to stop before it is killed."""
CLOSE_SECONDS = 5


class Computing:
    """Starts runs when it is their turn, passes on their messages, and notices how they end.

    runs: all that may be computed, by id. lock: every method except `start` and `close` is called under it. changed: called under it with
    each run that has changed; notify: called without it some time later."""

    def __init__(
        self,
        runs: Mapping[str, LiveRun],
        lock: threading.RLock,
        executor: Executor,
        sharing: Callable[[Callable[[], None]], Sharing],
        changed: Callable[[LiveRun], None],
        notify: Callable[[], None],
    ) -> None:
        self._runs, self._lock, self._executor = runs, lock, executor
        self._changed, self._notify = changed, notify
        self.sharing = sharing(self._tick)
        self._threads: set[threading.Thread] = set()
        self.closing = False

    def start(self) -> None:
        """Raises: ExecutorError if no run can ever be computed here."""
        self._executor.start()

    def close(self) -> None:
        """Ends all sessions with a checkpoint, and marks runs that were not paused as interrupted."""
        with self._lock:
            if self.closing:
                return
            self.closing = True
            for run in self._runs.values():
                if run.session is not None:
                    run.leave()
                elif not run.attended and not run.state.ended and run.state is not RunState.PAUSED:
                    run.enter(RunState.INTERRUPTED, interruption_message(run.state))
            threads = tuple(self._threads)
        self.sharing.close()
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

    def enqueue(self, run: LiveRun) -> None:
        """The run is to be computed as soon as it is its turn."""
        run.content = run.content or content_held(run.spec.data)
        run.enter(RunState.QUEUED)
        self.sharing.request(run)
        self._take_turns()

    def resume_interrupted(self, run: LiveRun) -> None:
        """Resumes a run that was interrupted, unless it was resumed too often without new progress."""
        if run.state is not RunState.INTERRUPTED or self.closing:
            return
        if run.resumes < MOST_RESUMES:
            run.resumes += 1
            self.enqueue(run)
        else:
            run.enter(RunState.INTERRUPTED, f"{run.message} It was continued {MOST_RESUMES} times and got no further.", run.advice)

    def proceed(self, run: LiveRun, action: Literal["run", "batch", "epoch"]) -> None:
        """Its owner wants it to continue, or to take a step."""
        run.next_action = action
        if run.state in CONTINUABLE:
            run.resumes = 0
            self.enqueue(run)
        elif not self.sharing.waits(run):
            self._command(run, action)
        elif action != "run":
            self.sharing.request(run)
            self._take_turns()

    def pause(self, run: LiveRun) -> None:
        """Its owner wants it to pause."""
        run.next_action = "pause"
        if self.sharing.waits(run):
            self._paused(run)
        else:
            self._command(run, "pause")

    def set_speed(self, run: LiveRun, steps_per_second: float) -> None:
        """Its owner wants it to take so many steps in a second at most."""
        run.set_speed(steps_per_second)
        if self.sharing.waits(run):
            self.sharing.request(run, prompt=False)
            self._take_turns()

    def stop(self, run: LiveRun) -> None:
        """Its owner wants it to end."""
        if not run.attended:
            run.files.remove_checkpoint()
            run.enter(RunState.STOPPED, "" if run.numbers.current["step"] else "Stopped before its first step.")
            self._release(run)
            return
        run.stopping, run.next_action = True, "stop"
        computes = run.state is not RunState.PAUSED and not self.sharing.waits(run)
        self.sharing.request(run)
        if computes:
            run.stopping_since = time.monotonic()
            self._command(run, "stop")
        self._take_turns()

    def kill(self, run: LiveRun) -> None:
        """Ends its session at once, if it has one."""
        if run.session is not None:
            run.session.kill()

    def abandon(self, run: LiveRun) -> None:
        """Ends its session at once. It is no longer among `runs`, and what its session still reports is not kept."""
        run.files.abandon()
        if run.content is not None:
            run.content.close()
        self.kill(run)
        self._release(run)

    def kill_if_overdue(self, run: LiveRun) -> None:
        """Kills a run that takes too long to stop."""
        if run.stopping_since is not None and time.monotonic() - run.stopping_since > STOP_SECONDS:
            self.kill(run)

    def _release(self, run: LiveRun) -> None:
        """The run needs no turn for now, or no longer."""
        self.sharing.release(run)
        self._take_turns()

    def _tick(self) -> None:
        with self._lock:
            self._take_turns()
        self._notify()

    def _take_turns(self) -> None:
        """Lets those compute whose turn it is, and those rest who have had theirs."""
        if self.closing:
            return
        start, rest, changed = self.sharing.decide(self._runs)
        for run in rest:
            run.command("rest")
        for run in start:
            self._take_turn(run)
        leaving = self.sharing.makes_room(self._runs)
        if leaving is not None:
            leaving.leave()
            self.sharing.leaves(leaving)
        for run in (*start, *changed):
            self._changed(run)

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

    def _command(self, run: LiveRun, action: Action) -> None:
        """A command of its owner to a run that computes."""
        self.sharing.commanded(run)
        run.command(action)

    def _paused(self, run: LiveRun) -> None:
        if run.state is not RunState.PAUSED:
            run.enter(RunState.PAUSED)
        run.paused_since = time.monotonic()
        self._release(run)

    def _attend(self, run: LiveRun) -> None:
        """Runs in one thread per session: starts it, receives its messages, and notices when it has ended."""
        try:
            moment = None if run.branch is None else run.branch.step
            job = Job(run.files.computed_spec(), environment(), run.files.checkpoint(), self._most_threads(), moment)
            session = self._executor.run(job)
        except ExecutorError as error:
            self._ended(run, Ended(str(error)))
            return
        with self._lock:
            run.attach(session)
            self.sharing.attached(run)
            if self._runs.get(run.id) is not run:
                session.kill()
            elif self.closing:
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
            return None if self.sharing.count <= 1 else 1

    def _receive(self, run: LiveRun, message: Message) -> None:
        run.files.write(message)
        with self._lock:
            if isinstance(message, Rested) and run.rests(message):
                self.sharing.rested(run, message.seconds)
                self._take_turns()
            elif run.receive(message):
                if run.state is RunState.PAUSED:
                    self._paused(run)
                else:
                    self._release(run)
            elif isinstance(message, Progress) and self.sharing.shown(run):
                self._take_turns()
            elif isinstance(message, Started):
                self.sharing.started(run)
            self._changed(run)
        self._notify()

    def _ended(self, run: LiveRun, ended: Ended) -> None:
        run.files.close()
        with self._lock:
            if run.session_ended(ended, self.closing):
                self.sharing.left(run)
                self._take_turns()
            else:
                self._release(run)
                if self._runs.get(run.id) is run:
                    self.resume_interrupted(run)
            self._changed(run)
            self._threads.discard(threading.current_thread())
        self._notify()
