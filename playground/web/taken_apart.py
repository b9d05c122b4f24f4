"""The next step of a run taken apart, for a training example: from the checkpoint that it has left, or else from its weights."""

import threading
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache

from playground.artifacts.storage import StorageError
from playground.catalog.datasets.examples import Data
from playground.network.changing import after
from playground.runs import RunNotFound
from playground.runs.checkpoints import unpacked_checkpoint
from playground.runs.database import StoreError
from playground.runs.directory import CHECKPOINT, SNAPSHOT, WEIGHTS, RunDirectory
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec
from playground.training import Checkpoint, CheckpointError
from playground.training.one_step import OneStep, one_step, without_history
from playground.web.networks import NetworkError, network_at
from playground.web.server import runs

_KEPT = 2


@dataclass(frozen=True, eq=False)
class Start:
    """Where the step begins, and why not all of it is the run's own, in a sentence; "" if it is."""

    spec: ExperimentSpec
    data: Data
    checkpoint: Checkpoint
    note: str


_starts: LRUCache[tuple[object, ...], Start] = LRUCache(_KEPT)
_steps: LRUCache[tuple[Start, int], OneStep] = LRUCache(_KEPT)
_lock = threading.Lock()
_computing = threading.Lock()
"""Steps draw from PyTorch's global generator, one after another."""


def start_of(address: str, run_id: str) -> Start:
    """The newest state of a run that rests or has ended.

    Raises: NetworkError if it has no weights, or cannot be read; DataError if its data is not here."""
    try:
        directory, spec = runs().files(run_id), runs().info(run_id).spec
    except (RunNotFound, StoreError, StorageError) as error:
        raise NetworkError(str(error)) from None
    key = (str(directory), *(_stamp(directory / name) for name in (CHECKPOINT, WEIGHTS, SNAPSHOT)))
    with _lock:
        known = _starts.get(key)
    if known is not None:
        return known
    start = _from_checkpoint(directory, spec) or _from_weights(address, run_id)
    with _lock:
        _starts[key] = start
    return start


def step_of(start: Start, row: int) -> OneStep:
    """The step for a training example.

    Raises: OneStepError, CheckpointError, SpecError, as `one_step`."""
    with _lock:
        known = _steps.get((start, row))
    if known is not None:
        return known
    with _computing:
        step = one_step(start.spec, start.data, [row], start.checkpoint)
    with _lock:
        _steps[start, row] = step
    return step


def _from_checkpoint(directory: Path, spec: ExperimentSpec) -> Start | None:
    """From what the run itself will continue from; None if there is nothing of that kind that can be used."""
    try:
        content = RunDirectory(directory).checkpoint()
        if content is None:
            return None
        checkpoint = unpacked_checkpoint(content)
        return Start(spec, after(spec, checkpoint.step).data.load(), checkpoint, "")
    except (RunError, CheckpointError):
        return None


def _from_weights(address: str, run_id: str) -> Start:
    network = network_at(address)
    loaded = network.run
    why = "This run has ended" if runs().info(run_id).state.ended else "The checkpoint of this run is missing"
    note = f"{why}: its weights are kept, but not the state of its optimizer, which starts anew, with momentum and running averages at 0."
    note += " The weights are the averaged ones." if loaded.spec.training.ema is not None else ""
    rate = runs().status(run_id).get("learning_rate")
    start = without_history(loaded.spec, network.data, loaded.model.state_dict(), loaded.step, rate)
    return Start(loaded.spec, network.data, start, note)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
