"""The runs of one server: submitted, queued, trained in worker processes, watched, kept."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from playground.catalog.datasets.own import content_held
from playground.runs.addresses import Address, new_control_address, read_address, watch_address
from playground.runs.directory import LoadedRun, RunDirectory, load_run
from playground.runs.info import RunInfo, RunNotFound, RunState
from playground.runs.live import LiveRun, cut_off
from playground.runs.messages import Job
from playground.runs.nursery import Nursery, NurseryError
from playground.runs.queue import Queue
from playground.runs.records import Records
from playground.runs.store import StoredRun, StoreError
from playground.runs.timeline import Timeline
from playground.spec import ExperimentSpec

Step = Literal["batch", "epoch"]

PAUSED_PER_PLACE = 8
"""Paused runs hold memory, though no place: beyond so many a place, the one that nobody watches and that paused first is ended."""
STOP_SECONDS = 30
"""How long a run may take to stop before it is ended by force."""
CLOSE_SECONDS = 5
ENDED_IN_MEMORY = 64


class Runs:
    """Starts, steers and remembers runs. Any thread may call any method.

    At most `parallel` runs train at once; others wait in a queue, first come, first served. A paused run has no place: whoever waits gets
    it, and the paused one asks for a place again when it is to go on. Its process stays, with all it has learned.

    directory: the data folder. database: URL of another database than SQLite in that folder.
    Raises (most methods): StoreError if the database refuses."""

    def __init__(self, directory: Path, parallel: int, database: str | None = None) -> None:
        self._directory = Path(directory).absolute()
        self._records = Records(self._directory, database, self._write_down)
        self._lock = threading.RLock()
        self._queue = Queue(parallel)
        self._parallel = parallel
        self._live: dict[str, LiveRun] = {}
        self._changed: set[LiveRun] = set()
        self._threads: set[threading.Thread] = set()
        self._nursery = Nursery()
        self._closing = False

    def start(self) -> None:
        """Opens the store, marks what an earlier server left unfinished, and warms the process that workers come from.

        Returns after milliseconds; the process is ready some seconds later. Without this the first submit does it."""
        self._nursery.start()
        self._records.open()

    def close(self) -> None:
        """Ends all workers, marks their runs as interrupted and writes everything down. Nothing can be submitted afterwards."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            for run in self._live.values():
                if run.worker is not None:
                    run.command("leave")
                elif run.state is not RunState.STARTING and not run.state.ended:
                    run.enter(RunState.INTERRUPTED, cut_off(run.state))
            threads = tuple(self._threads)
        deadline = time.monotonic() + CLOSE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            for run in self._live.values():
                if run.worker is not None:
                    run.worker.kill()
        self._nursery.close()  # also ends the waiting for a worker that has not come yet
        for thread in threads:
            thread.join()
        for run in tuple(self._live.values()):
            run.tell_watchers()
        self._records.close()  # not under the lock, which the last writing needs

    def submit(self, spec: ExperimentSpec, step: Step | None = None) -> str:
        """A new run. Gives its control address. step: it takes this one step, then waits, paused.

        Raises: RunError if the data folder cannot be written, RuntimeError after `close`."""
        self._records.open()
        control = new_control_address()
        run_id = watch_address(control)
        run = LiveRun(run_id, spec, self._directory / "runs" / run_id, datetime.now(UTC), go_on=step or "run")
        RunDirectory(run.directory).write_spec(spec)
        with self._lock:
            if self._closing:
                raise RuntimeError("the server is closing; no run can be started")
            run.content = content_held(spec.data)
            self._live[run_id] = run
            self._enqueue(run)
        self._tell()
        try:  # the worker is on its way already
            stored = StoredRun(run_id, run.created, self._records.server, spec.to_json(), RunState.QUEUED, numbers=run.numbers.current)
            self._records.store.add(stored)
        except StoreError:
            self.stop(run_id)
            raise
        run.is_stored, run.is_written = True, False
        self._records.hurry()
        return control

    def resolve(self, address: object) -> Address:
        """Raises: RunNotFound if this is the address of no run."""
        found = read_address(address)
        if found.run_id not in self._live and not self._records.archive.holds(found.run_id):
            raise RunNotFound
        return found

    def info(self, run_id: str) -> RunInfo:
        """Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            return self._records.archive.info(run_id)
        with self._lock:
            position = self._queue.position(run_id)
            return RunInfo(run_id, run.spec, run.state, position, run.message, run.advice, run.created, run.directory)

    def status(self, run_id: str) -> dict[str, Any]:
        """Where a run stands, ready for JSON: its state, queue_position, message and advice, and the numbers of `Numbers.current`.

        Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            return self._records.archive.status(run_id)
        with self._lock:
            return {
                "state": run.state.value,
                "queue_position": self._queue.position(run_id),
                "message": run.message,
                "advice": list(run.advice),
                **run.numbers.current,
            }

    def timeline(self, run_id: str) -> Timeline:
        """Raises: RunNotFound."""
        run = self._live.get(run_id)
        return self._records.archive.timeline(run_id) if run is None else run.timeline

    def load(self, run_id: str) -> LoadedRun:
        """The network with its newest weights, however far training is.

        Raises: RunNotFound; RunError while there are no weights."""
        return load_run(self.info(run_id).directory)

    def list(self, limit: int = 50) -> "list[RunInfo]":
        """All runs that are kept, the newest first."""
        return [self.info(info.id) if info.id in self._live else info for info in self._records.archive.recent(limit)]

    def resume(self, run_id: str) -> None:
        """A paused run goes on, now or when it gets a place. Any other state is left as it is.

        Raises (as all that follow): RunNotFound."""
        self._go_on(run_id, "run")

    def step(self, run_id: str, step: Step) -> None:
        """One batch, or up to the end of the epoch, then a pause: from a pause, or in the midst of training."""
        self._go_on(run_id, step)

    def pause(self, run_id: str) -> None:
        """No further step, at the latest one batch from now, until `resume` or `step`. A run that waits for its place stops waiting."""
        with self._steered(run_id) as run:
            if run is None or run.state is RunState.PAUSED:
                return
            if run.state is RunState.QUEUED:
                self._rest(run)
                run.enter(RunState.PAUSED)
            else:
                run.command("pause")

    def stop(self, run_id: str) -> None:
        """Ends the run after the batch under way, with a last evaluation and its weights."""
        with self._steered(run_id) as run:
            if run is not None:
                self._stop(run)

    def watch(self, run_id: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback` from some thread whenever something of the run has changed, until the function that this gives is called.

        While anybody watches, the run makes its views. The callback must return at once.
        Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            self._records.archive.info(run_id)
            return lambda: None
        key = object()
        with self._lock:
            run.watch(key, callback)

        def unwatch() -> None:
            with self._lock:
                run.unwatch(key)

        return unwatch

    @contextmanager
    def _steered(self, run_id: str) -> Iterator[LiveRun | None]:
        """Under the lock, the run that can still be told something; None for one that cannot. Its watchers hear of it afterwards."""
        run = self._live.get(run_id)
        if run is None and not self._records.archive.holds(run_id):
            raise RunNotFound
        with self._lock:
            deaf = run is None or run.state.ended or run.stopping_since is not None or self._closing
            yield None if deaf else run
            if run is not None:
                self._changed.add(run)
        self._tell()

    def _go_on(self, run_id: str, wish: Literal["run", "batch", "epoch"]) -> None:
        with self._steered(run_id) as run:
            if run is None:
                return
            if run.state in (RunState.PAUSED, RunState.QUEUED):
                run.go_on = wish
                self._enqueue(run)
            else:
                run.command(wish)

    def _enqueue(self, run: LiveRun) -> None:
        run.enter(RunState.QUEUED)
        self._queue.ask(run.id)
        self._admit()

    def _rest(self, run: LiveRun) -> None:
        """The run needs no place now, or none any more."""
        self._queue.leave(run.id)
        self._admit()

    def _admit(self) -> None:
        for run_id in () if self._closing else self._queue.admit():
            run = self._live[run_id]
            run.command(run.go_on)
            if run.worker is None:
                run.enter(RunState.STARTING)
                thread = threading.Thread(target=self._attend, args=(run,), name=f"run {run_id}", daemon=True)
                self._threads.add(thread)
                thread.start()
            else:
                run.enter(RunState.RUNNING)
            self._changed.add(run)
        self._changed.update(self._live[run_id] for run_id in self._queue.waiting)

    def _stop(self, run: LiveRun, last_words: str = "") -> None:
        run.last_words = last_words
        if run.state is RunState.QUEUED:
            self._rest(run)
        if run.worker is None and run.state is not RunState.STARTING:
            run.enter(RunState.STOPPED, last_words or "Stopped before its first step.")
            return
        run.stopping_since = time.monotonic()
        run.command("stop")

    def _attend(self, run: LiveRun) -> None:
        """A thread of its own for each worker: starts it, hears it, and knows when it is gone."""
        try:
            worker = self._nursery.worker()
        except NurseryError as error:
            with self._lock:
                if self._closing:
                    run.lost(None, closing=True)
                else:
                    run.enter(RunState.FAILED, f"The training process could not be started: {error}.")
                self._gone(run)
            self._tell()
            return
        environment = {name: value for name, value in os.environ.items() if name.startswith("PLAYGROUND_")}
        worker.send(Job(run.spec, run.directory, environment))
        with self._lock:
            run.met(worker)
            if self._closing:
                run.command("leave")
        while True:
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):  # it has ended, in the midst of a message perhaps
                break
            with self._lock:
                if run.hear(message):
                    run.paused_since = time.monotonic()
                    self._rest(run)
                    self._end_forgotten()
                self._changed.add(run)
            self._tell()
        exit_code = worker.exit_code()
        with self._lock:
            run.lost(exit_code, self._closing)
            run.worker = None
            worker.close()
            self._gone(run)
        self._tell()

    def _gone(self, run: LiveRun) -> None:
        self._rest(run)
        self._changed.add(run)
        self._threads.discard(threading.current_thread())

    def _end_forgotten(self) -> None:
        """Ends the paused runs that are too many."""
        paused = [run for run in self._live.values() if run.state is RunState.PAUSED and run.worker and run.stopping_since is None]
        paused.sort(key=lambda run: (run.watched, run.paused_since))
        most = PAUSED_PER_PLACE * self._parallel
        for run in paused[: max(0, len(paused) - most)]:
            self._stop(run, f"Ended while it was paused: more than {most} runs were. Its weights are kept.")

    def _tell(self) -> None:
        """Outside the lock: watchers hear of what changed, and the store of what should not wait."""
        with self._lock:
            changed, self._changed = self._changed, set()
        hurry = False
        for run in changed:
            run.tell_watchers()
            hurry = hurry or run.state.ended
        if hurry:
            self._records.hurry()

    def _write_down(self) -> None:
        """By the clock, in the keeper's thread. Also ends by force what should have ended long ago."""
        with self._lock:
            runs = tuple(self._live.values())
        for run in runs:
            with self._lock:
                overdue = run.stopping_since is not None and time.monotonic() - run.stopping_since > STOP_SECONDS
                if overdue and run.worker is not None:
                    run.worker.kill()
                if run.is_written or not run.is_stored:
                    continue
                state, message, advice, numbers = run.state, run.message, run.advice, run.numbers.current
                run.is_written = True
            news, cursor = run.timeline.delta(run.written)
            views = run.timeline.views.values() if state is RunState.PAUSED or state.ended else ()
            try:
                self._records.store.write(run.id, state, message, advice, numbers, news, views)
            except StoreError:
                run.is_written = False
                raise
            run.written = cursor
        self._forget()

    def _forget(self) -> None:
        """Ended runs that are written down are read from the store from now on, but for the latest."""
        with self._lock:
            ended = [run for run in self._live.values() if run.state.ended and run.is_written and run.is_stored and run.worker is None]
            for run in ended[: max(0, len(ended) - ENDED_IN_MEMORY)]:
                del self._live[run.id]
