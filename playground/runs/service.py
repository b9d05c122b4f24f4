"""The runs of one server: submitting, controlling, looking, keeping."""

import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from playground.artifacts.arrays import remove_arrays
from playground.artifacts.storage import fetch_newest
from playground.artifacts.uploads import delete_upload
from playground.catalog.datasets.own import PREPARED_UPLOADS
from playground.network import checked_change
from playground.runs.access import Access
from playground.runs.addresses import Address, new_control_address, read_address, watch_address
from playground.runs.branching import branched
from playground.runs.computing import STOP_SECONDS
from playground.runs.database import StoreError
from playground.runs.directory import LoadedRun, RunDirectory, load_run
from playground.runs.executor import Executor
from playground.runs.info import Branch, RunInfo, RunInUse, RunNotFound, RunOver, RunState
from playground.runs.live import LiveRun
from playground.runs.live_runs import SESSIONS, UNWATCHED_SECONDS, LiveRuns, Step
from playground.runs.local_executor import LocalExecutor
from playground.runs.overview import Overview, Standing, named, summary
from playground.runs.relay import SECONDS
from playground.runs.retention import Limits
from playground.runs.run_files import RunFiles
from playground.runs.store import StoredRun
from playground.runs.stored_bytes import StoredBytes
from playground.runs.timeline import Timeline
from playground.runs.used_links import UsedLinks
from playground.runs.watchers import Watching
from playground.spec import ExperimentSpec

logger = logging.getLogger(__name__)

_LATELY = timedelta(hours=2)
"""Data that was given up before is in the storage no longer, unless a server that still has it copied it there."""


class Runs:
    """Starts, controls and stores runs. Any thread may call any method.

    At most `parallel` runs compute at the same time. If there are more, all take turns (`FairShare`): those that rest keep their sessions,
    and their state for their owners, as long as there is memory for `sessions` of them; otherwise those that rest longest leave memory and
    go on from a checkpoint when it is their turn. A run that nobody has watched for `unwatched_seconds` computes when no other one wants
    to. A paused run needs no turn until it is resumed.

    directory: the data folder. database: URL of a database to use instead of SQLite in that folder. executor: where runs are computed; None
    for processes of this machine.
    Raises (most methods): StoreError if the database refuses."""

    def __init__(
        self,
        directory: Path,
        parallel: int,
        database: str | None = None,
        executor: Executor | None = None,
        sessions: int = SESSIONS,
        unwatched_seconds: float = UNWATCHED_SECONDS,
    ) -> None:
        self._directory = Path(directory).absolute()
        self._stored = StoredBytes(
            self._directory / "runs", lambda owner: self._records.store.sizes(owner), lambda owner: self.access.sizes(owner)
        )
        executor = LocalExecutor() if executor is None else executor
        self._live = LiveRuns(self._directory, database, parallel, executor, sessions, unwatched_seconds, self._delete_if_possible)
        self._records = self._live.records

    def start(self) -> None:
        """Opens the store, lets the executor get ready, and resumes runs that an earlier server left unfinished; paused ones stay paused.

        Returns within milliseconds; the executor is ready some seconds later. If not called, the first submit opens the store.
        Raises: ExecutorError if no run can ever be computed here."""
        self._live.start()

    def close(self) -> None:
        """Ends all sessions with a checkpoint, marks runs that were not paused as interrupted, and stores everything. No run can be
        submitted afterwards."""
        self._live.close()
        self._records.close()

    def submit(self, spec: ExperimentSpec, step: Step | None = None, owner: str = "") -> str:
        """Starts a run and returns its control address. step: pause after this one step. owner: "" for a run that `claim` may give away.

        Raises: RunError if the data folder cannot be written, RuntimeError after `close`."""
        self._records.open()
        control = new_control_address()
        run_id = watch_address(control)
        directory = RunDirectory(self._directory / "runs" / run_id)
        directory.write_spec(spec)
        self._add(LiveRun(run_id, spec, RunFiles(directory, spec), datetime.now(UTC), owner, next_action=step or "run"), summary(spec))
        return control

    def branch(self, run_id: str, step: int, owner: str = "") -> str:
        """Starts a run with the same spec, without later changes, that goes on from an earlier moment of another one, and returns its
        control address. It starts at the nearest checkpoint before, or at the first step if there is none, and pauses at the moment; the
        other run stays as it is. step: the steps taken at the moment, at least 1.

        Raises: RunNotFound; RunError if the data folder cannot be written, RuntimeError after `close`; StorageError."""
        info, source = self.info(run_id), self.files(run_id)
        spec = info.spec.until(step)
        control = new_control_address()
        new_id = watch_address(control)
        directory, start = branched(source, spec, step, self._directory / "runs" / new_id)
        run = LiveRun(new_id, spec, RunFiles(directory, spec), datetime.now(UTC), owner, branch=Branch(run_id, step))
        run.timeline = self.timeline(run_id).until(start)
        whose = f"of {named(info.given_name, info.spec)}" if owner and owner == info.owner else "of another run"
        self._add(run, f"{summary(info.spec)} · from step {step:,} {whose}")
        return control

    def _add(self, run: LiveRun, in_words: str) -> None:
        self._live.add(run)
        try:  # the session is starting already
            stored = StoredRun(
                run.id, run.created, self._records.server, run.spec.to_json(), RunState.QUEUED, numbers=run.numbers.current,
                owner=run.owner, name=named("", run.spec), summary=in_words, branch=run.branch,
            )  # fmt: skip
            self._records.store.add(stored)
        except StoreError:
            self.stop(run.id)
            raise
        run.is_stored, run.is_written, run.stored_spec = True, False, run.spec
        self._records.write_soon()

    def resolve(self, address: object) -> Address:
        """Raises: RunNotFound if no run has this address."""
        resolved = read_address(address)
        if resolved.run_id not in self._live and not self._records.archive.holds(resolved.run_id):
            raise RunNotFound
        return resolved

    def info(self, run_id: str) -> RunInfo:
        """Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            return self._records.archive.info(run_id)
        return self._live.info(run)

    def status(self, run_id: str) -> dict[str, Any]:
        """The status of a run, ready for JSON: state, message, advice, the numbers of `Numbers.current`, and how it takes turns
        (`Sharing.status`).

        Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            return self._records.archive.status(run_id)
        return self._live.status(run)

    def timeline(self, run_id: str) -> Timeline:
        """Raises: RunNotFound."""
        return self._live.timeline(run_id) or self._records.archive.timeline(run_id)

    def load(self, run_id: str) -> LoadedRun:
        """The network with its newest weights, also during training.

        Raises: RunNotFound; RunError if there are no weights yet; StorageError."""
        return load_run(self.files(run_id))

    def files(self, run_id: str) -> Path:
        """The directory of a run. One that is missing here, or was fetched in an earlier state, is fetched from the storage, if there is
        one.

        Raises: RunNotFound; StorageError if the storage cannot be used."""
        directory = self.info(run_id).directory
        if run_id not in self._live:
            fetch_newest(f"runs/{run_id}")
        return directory

    def list(self, limit: int = 50, owner: str | None = None) -> "list[RunInfo]":
        """Stored runs, the newest first. owner: only their runs."""
        return [self.info(info.id) if info.id in self._live else info for info in self._records.archive.recent(limit, owner)]

    def overviews(self, owner: str, limit: int) -> tuple[Overview, ...]:
        """The runs of an owner for a list, the newest first; of hundreds in milliseconds."""
        return self._up_to_date(self._records.archive.overviews(owner, limit) if owner else ())

    def overviews_of(self, run_ids: Collection[str]) -> tuple[Overview, ...]:
        """Of these runs, in no order; without those that do not exist."""
        return self._up_to_date(self._records.store.overviews_of(run_ids) if run_ids else ())

    def _up_to_date(self, stored: Iterable[Overview]) -> tuple[Overview, ...]:
        """Stored overviews; those of runs that this server has in memory say how far they are now."""
        return tuple(replace(run, standing=self.standing(run.id)) if run.id in self._live else run for run in stored)

    def session(self) -> AbstractContextManager[Session]:
        """A transaction of the database, for what is stored besides the runs."""
        return self._records.store.session()

    def standing(self, run_id: str) -> Standing:
        """How far a run has come. Raises: RunNotFound."""
        run = self._live.get(run_id)
        if run is None:
            return self._records.archive.standing(run_id)
        return self._live.standing(run)

    def rename(self, run_id: str, name: str) -> None:
        """Gives a run another name; "" for the one it had at first. Raises: RunNotFound."""
        self._records.store.describe(run_id, name=named(name, self.info(run_id).spec))
        self._live.read_again([run_id])

    @property
    def used_links(self) -> UsedLinks:
        """The links that work once and have been used."""
        return UsedLinks(self._records.store)

    @property
    def access(self) -> Access:
        """Who may read uploaded data."""
        return self._records.access

    def stored_bytes(self, owner: str) -> int:
        """Disk space that the runs and uploads of an owner take, as of a minute ago at the earliest; of runs that another server computes,
        when they last rested."""
        return self._stored.of(owner)

    def unfinished(self) -> dict[str, str]:
        """The runs that are training or want to, by id, with their owners; not those that are paused or being stopped."""
        return self._live.unfinished()

    def unfinished_elsewhere(self, owner: str) -> int:
        """How many runs of an owner are training, or want to, on other servers of the database."""
        return self._records.store.going(owner, self._records.server) if owner else 0

    def claim(self, run_id: str, owner: str) -> None:
        """Gives a run that belongs to nobody yet to this owner, who must have opened it by its control address.

        Raises: RunNotFound."""
        if self.info(run_id).owner:
            return
        self._records.store.claim(run_id, owner)
        self._live.read_again([run_id])

    def counts(self) -> Counter[RunState]:
        """How many runs of this server are in each state, among those that it has in memory: all that have not ended."""
        return self._live.counts()

    def hand_over(self, before: str, after: str) -> None:
        """Gives all runs and uploaded data of one owner to another. "" owns nothing that could be given."""
        if not before or not after:
            return
        self._records.store.hand_over(before, after)
        self._live.read_again(self._records.store.ids(after))
        self.access.hand_over(before, after)

    def resume(self, run_id: str) -> None:
        """Continues a run that is paused, was interrupted or has failed, as soon as it is its turn; from its last checkpoint if nothing
        computes it any longer. Does nothing in any other state.

        Raises (as all methods below): RunNotFound."""
        self._live.resume(run_id)

    def step(self, run_id: str, step: Step) -> None:
        """Takes one batch, or trains to the end of the epoch, then pauses. Also for a run that is training."""
        self._live.step(run_id, step)

    def pause(self, run_id: str) -> None:
        """Takes no further step, at most one batch from now, until `resume` or `step`. A run that waits for its turn waits no longer."""
        self._live.pause(run_id)

    def stop(self, run_id: str) -> None:
        """Ends the run after the current batch, with a last evaluation and its weights."""
        self._live.stop(run_id)

    def change(self, run_id: str, path: str, value: float) -> None:
        """Gives a setting, or a single weight, another value from the next step on (`network.changeable`). The run's spec then says so, and
        a run of it has the same losses. A run that waits changes before it goes on.

        Raises: SpecError, with path, rule, value and remedy, if that cannot be done; RunOver if the run has ended."""
        info = self.info(run_id)
        checked_change(info.spec, int(self.status(run_id)["step"] or 0), path, value)
        if info.state.ended:
            raise RunOver
        self._live.change(run_id, path, value)

    def set_speed(self, run_id: str, steps_per_second: float) -> None:
        """Lets the run take so many steps in a second at most, and show each of them if they are slow; infinite for full speed. The time in
        between counts against no limit, and others compute meanwhile.

        Raises: ValueError unless the number is positive."""
        if not steps_per_second > 0:
            raise ValueError(f"steps_per_second: must be more than 0, got {steps_per_second:g}")
        self._live.set_speed(run_id, steps_per_second)

    def watch(self, run_id: str, callback: Callable[[], None]) -> Watching:
        """Calls `callback`, from any thread, whenever the run has changed, until the watching ends.

        Views are computed only while somebody watches and looks at them. The callback must return immediately.
        Raises: RunNotFound."""
        return self._live.watch(run_id, callback)

    def delete(self, run_id: str) -> None:
        """Deletes the run with everything that is stored of it. One that has not ended is ended first, without a last evaluation.

        Raises: RunNotFound, RunInUse; OSError if its directory cannot be removed."""
        if self._live.passed_on(run_id, "delete"):
            self._wait_until_deleted(run_id)
            return
        if not self._live.end(run_id):
            raise RunInUse
        if not self._delete(run_id) and self._records.archive.holds(run_id):
            raise RunInUse

    def _wait_until_deleted(self, run_id: str) -> None:
        """By the server that computes it."""
        deadline = time.monotonic() + STOP_SECONDS
        while self._records.archive.holds(run_id):
            if time.monotonic() > deadline:
                raise RunInUse
            time.sleep(SECONDS)
        self._records.archive.forget(run_id)
        shutil.rmtree(self._directory / "runs" / run_id, ignore_errors=True)  # a copy of what the other server had

    def _delete_if_possible(self, run_id: str) -> None:
        """As another server has asked, which waits until it is done."""
        try:
            self.delete(run_id)
        except (RunNotFound, RunInUse):
            pass
        except (StoreError, OSError) as error:
            logger.warning("A run could not be deleted: %s", error)

    def delete_all(self, owner: str) -> None:
        """Deletes all runs of an owner, and releases the data that they uploaded. Raises: as `delete`."""
        if owner:
            self.access.release_all(owner)
        for run_id in self._records.store.ids(owner) if owner else ():
            with suppress(RunNotFound):  # deleted in the meantime
                self.delete(run_id)
        self.delete_given_up()

    def delete_given_up(self) -> None:
        """Deletes uploaded data that neither an owner nor an unfinished run needs, with what was prepared from it. Servers with
        data folders of their own delete what they have of it when they call this.

        Raises: OSError."""
        lately = datetime.now(UTC) - _LATELY
        if [key for key, since in self.access.given_up().items() if delete_upload(key, also_elsewhere=since > lately)]:
            remove_arrays(PREPARED_UPLOADS)

    def deletions(self, owner: str | None = None) -> dict[str, datetime]:
        """When runs will be deleted because of the limits of the server (`tidy`), the first one first. owner: only their runs."""
        return self._records.store.announced(owner)

    def tidy(self, limits: Limits, now: datetime | None = None) -> None:
        """Announces and deletes runs as the limits say, and removes what processes left behind that ended while writing or deleting. A run
        that has not ended or is being watched is never deleted. To be called now and then."""
        self._records.deletion.finish()
        self.delete_given_up()
        for run_id in self._records.deletion.due(limits, now or datetime.now(UTC)):
            if not self._live.is_needed(run_id):
                self._delete(run_id)
                logger.info("Deleted run %s because of the limits of this server", run_id)

    def _delete(self, run_id: str) -> bool:
        """Deletes a run that is over. Returns whether there was one."""
        server = self._records.server if self._live.remove(run_id) else ""
        deleted = self._records.deletion.delete(run_id, server)
        self._records.archive.forget(run_id)
        self._stored.forget(run_id)
        return deleted
