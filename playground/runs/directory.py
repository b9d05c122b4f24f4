"""A run on disk: `spec.json`, `metrics.jsonl`, `model.safetensors`, while it trains `snapshot.safetensors` and `checkpoint.safetensors`,
earlier weights in `history`, and for rows of a table `columns.json`, with which new rows can be predicted without the data.

Nothing is ever unpickled, and the contents are checked against the spec before use."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.columns import FittedColumns, fitted_columns
from playground.catalog.datasets.examples import Array
from playground.catalog.layers.network_modules import Network
from playground.catalog.readouts import Readout
from playground.network import build_model, caveat, examples_at_once, forward_bytes, readout, trace
from playground.parsing import parse_spec
from playground.runs import history
from playground.runs.event_lines import event_json, reports_before
from playground.runs.run_error import RunError
from playground.runs.weights_files import most_bytes, packed, read_file, step_of, unpacked
from playground.settings import settings
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError
from playground.training.events import Event, Started

SPEC = "spec.json"
METRICS = "metrics.jsonl"
WEIGHTS = "model.safetensors"
SNAPSHOT = "snapshot.safetensors"
CHECKPOINT = "checkpoint.safetensors"
COLUMNS = "columns.json"

_MAX_COLUMNS_BYTES = 20_000_000
_MAX_CHECKPOINT_BYTES = 4_000_000_000
_PART = 512
"""Examples that are computed together at most, where memory allows that many."""


class RunDirectory:
    """Writes a run. Files are replaced atomically: a reader sees the old file or the new one, never part of one.

    Raises (every method): RunError if writing fails, naming the path."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{self.path}: cannot create this directory ({error.strerror}); choose another one") from None
        self._history = history.History(self.path, settings().history_bytes)

    def holds_run(self) -> bool:
        """Whether the directory already contains a run."""
        return any((self.path / name).exists() for name in (SPEC, METRICS, WEIGHTS, SNAPSHOT))

    def clear(self) -> None:
        """Removes the files of a run. Other files in the directory stay."""
        for name in (SPEC, METRICS, WEIGHTS, SNAPSHOT, CHECKPOINT, COLUMNS):
            self._remove(name)
        self.remove_unfinished_files()
        self._change_history(self._history.clear)

    def remove_unfinished_files(self) -> None:
        """Removes what a process left that was killed while it wrote a file. Only while nobody else writes the run."""
        for name in (SPEC, METRICS, WEIGHTS, SNAPSHOT, CHECKPOINT, COLUMNS):
            for file in self.path.glob(f".{name}.*.part"):
                self._remove(file.name)

    def spec(self) -> ExperimentSpec:
        """The spec of the run. Raises: RunError if it is missing or damaged."""
        return read_spec(self.path / SPEC)

    def write_spec(self, spec: ExperimentSpec) -> None:
        self._replace(SPEC, (spec.to_json(indent=2) + "\n").encode(), durable=True)

    def write_columns(self, dataset: Dataset) -> None:
        """Writes how a new row becomes an input, if the examples of the dataset are rows of columns.

        Raises: also DataError if the data cannot be loaded."""
        fitted = fitted_columns(dataset)
        if fitted is not None:
            self.write_fitted(fitted)

    def write_fitted(self, columns: FittedColumns) -> None:
        self._replace(COLUMNS, (json.dumps(columns.plain, ensure_ascii=False) + "\n").encode(), durable=True)

    def write_weights(self, tensors: Mapping[str, Tensor], step: int = 0, *, is_resumable: bool = False) -> None:
        """Writes the final weights, after `step` steps, and removes the snapshot from training, and the checkpoint unless the run may be
        resumed."""
        self.write_packed(packed(tensors, step), step, final=True, is_resumable=is_resumable)

    def write_snapshot(self, tensors: Mapping[str, Tensor], step: int = 0) -> None:
        """Writes the weights during training, after `step` steps."""
        self.write_packed(packed(tensors, step), step, final=False)

    def write_packed(self, content: bytes, step: int, final: bool, *, is_resumable: bool = False) -> None:
        """Writes the weights after `step` steps. content: as `packed` makes it; final: whether training is over; is_resumable: whether it
        may continue nevertheless."""
        self._replace(WEIGHTS if final else SNAPSHOT, content, durable=final)
        if final:
            self._remove(SNAPSHOT)
            if not is_resumable:
                self._remove(CHECKPOINT)
        with suppress(RunError) if final else nullcontext():  # these need not be in the history
            self._change_history(lambda: self._history.keep(self.path / (WEIGHTS if final else SNAPSHOT), step))

    def write_checkpoint(self, content: bytes, step: int) -> None:
        """Writes what an unfinished run continues from, after `step` steps. content: as `packed_checkpoint` makes it."""
        self._replace(CHECKPOINT, content, durable=False)
        self._change_history(lambda: self._history.keep_checkpoint(self.path / CHECKPOINT, step))

    def checkpoint(self) -> bytes | None:
        """What `write_checkpoint` wrote last; None if there is nothing to continue from."""
        try:
            return read_file(self.path / CHECKPOINT, _MAX_CHECKPOINT_BYTES)
        except FileNotFoundError:
            return None

    def remove_checkpoint(self) -> None:
        self._remove(CHECKPOINT)

    def append_event(self, event: Event) -> None:
        """Appends a line to `metrics.jsonl`; nothing for events without a JSON form (views, snapshots, checkpoints). When a run starts, or
        continues from a checkpoint, only the lines about the steps before stay."""
        line = event_json(event)
        if line is None:
            return
        if isinstance(event, Started):
            self._change_history(lambda: self._history.cut(event.step))
        try:
            if isinstance(event, Started) and (self.path / METRICS).exists():
                self._continue_metrics(line, event.step)
                return
            with (self.path / METRICS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, allow_nan=False) + "\n")
        except OSError as error:
            raise RunError(f"{self.path / METRICS}: cannot be written ({error.strerror})") from None

    def _continue_metrics(self, started: dict[str, Any], step: int) -> None:
        """Writes how the run started, and of the other lines those about the steps before `step`. Raises: OSError, RunError."""
        with (self.path / METRICS).open(encoding="utf-8", errors="replace") as file:
            before = [line for line in file if reports_before(step, line)]
        self._replace(METRICS, "".join([json.dumps(started, allow_nan=False) + "\n", *before]).encode(), durable=False)

    def _replace(self, name: str, content: bytes, durable: bool) -> None:
        target = self.path / name
        beside = self.path / f".{name}.{os.getpid()}.part"
        try:
            with beside.open("wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise RunError(f"{target}: cannot be written ({error.strerror}); is the disk full?") from None

    def _change_history(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            raise RunError(f"{self.path / history.FOLDER}: cannot be written ({error.strerror}); is the disk full?") from None

    def _remove(self, name: str) -> None:
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise RunError(f"{self.path / name}: cannot be removed ({error.strerror})") from None


class _BothClasses(nn.Module):
    """(…, 1) → (…, 2): what supports the second class counts against the first."""

    def forward(self, z: Tensor) -> Tensor:
        return torch.cat([-z, z], dim=-1)


@dataclass(frozen=True)
class LoadedRun:
    """A run read from disk. `model` is in evaluation mode and on the CPU; `step` is how many steps trained it."""

    directory: Path
    spec: ExperimentSpec
    model: Network
    step: int

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; () for regression."""
        return self.spec.data.classes

    @cached_property
    def class_model(self) -> nn.Module:
        """The model with one output per class, so that each class can be asked about: of a single output z for two classes, −z and z."""
        if len(self.classes) != 2 or self.readout.outputs != 1:
            return self.model
        both: nn.Module = Network(*self.model, _BothClasses(), padding=self.model.padding)
        return both

    @cached_property
    def readout(self) -> Readout:
        """How its outputs are read."""
        return readout(self.spec)

    @cached_property
    def caveat(self) -> str:
        """Why the shares of the classes are not probabilities, in a sentence; "" where they are, and for values."""
        return caveat(self.spec)

    @cached_property
    def columns(self) -> FittedColumns | None:
        """How a new row becomes an input; None if the examples are not rows of columns. Runs of earlier versions know it from the data.

        Raises: RunError if the file is damaged; DataError if there is none and the data cannot be loaded."""
        path = self.directory / COLUMNS
        try:
            content = read_file(path, _MAX_COLUMNS_BYTES)
        except FileNotFoundError:
            return fitted_columns(self.spec.data)
        try:
            return FittedColumns.from_plain(json.loads(content))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise RunError(f"{path}: is damaged; train the run again or restore the file") from None

    def encode(self, raw: Array | Tensor) -> Tensor:
        """Raw examples → the model's input tensor: uint8 images (N, H, W) → float32 (N, 1, H, W) in [0, 1]; rows (N, D) unchanged.

        Raises: ValueError naming the expected shape."""
        return self.spec.data.encode(raw)

    def probabilities(self, x: Tensor) -> Tensor:
        """x: (N, *shape) as `encode` gives it → (N, classes) float32 that sum to 1, probabilities unless there is a `caveat`; for values
        the predictions."""
        return self._probabilities(torch.split(x, self._part))

    def probabilities_of(self, raw: Array) -> Tensor:
        """The same for raw examples, encoded a part at a time: as numbers all of them together may need far more memory.

        Raises: as `encode`."""
        return self._probabilities(self.encode(raw[start : start + self._part]) for start in range(0, len(raw), self._part))

    @cached_property
    def training_mean(self) -> Tensor:
        """The mean training example as the network takes it: (*shape). Raises: DataError if the data cannot be loaded."""
        data = self.spec.data
        return data.scaled(data.encoding.mean(data.load().train.inputs)[None])[0]

    @cached_property
    def _part(self) -> int:
        return examples_at_once(forward_bytes(trace(self.spec)), _PART)

    def _probabilities(self, parts: Iterable[Tensor]) -> Tensor:
        with torch.inference_mode():
            return self.readout.probabilities(torch.cat([self.model(part) for part in parts]))


def load_run(directory: str | Path, step: int | None = None) -> LoadedRun:
    """The run in a directory, with its newest weights: those of `model.safetensors`, or of `snapshot.safetensors` if that is newer.

    step: the weights after that many steps instead, one of `playground.runs.history.steps(directory)`.
    Raises: RunError if a file is missing or damaged, or if the weights do not fit the spec beside them."""
    path = Path(directory)
    if not path.is_dir():
        raise RunError(f"{path}: no such run directory" + ("; this is a file" if path.exists() else ""))
    spec = read_spec(path / SPEC)
    try:
        model = build_model(spec)
    except SpecError as error:
        raise RunError(f"{path / SPEC}: {error}") from None
    expected = model.state_dict()
    tensors, trained = _newest_weights(path, expected) if step is None else (earlier_weights(path, step, expected), step)
    model.load_state_dict(tensors)
    return LoadedRun(path, spec, model.eval(), trained)


def read_spec(path: Path) -> ExperimentSpec:
    """The spec in a file. Raises: RunError if it is missing or damaged."""
    if not path.exists():
        raise RunError(f"{path}: is missing; a run directory contains {SPEC} and {WEIGHTS}")
    try:
        return parse_spec(read_file(path, MAX_SPEC_BYTES))
    except SpecError as error:
        raise RunError(f"{path}: {error}") from None


def earlier_weights(path: Path, step: int, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights after a step of the history of a run in a directory. expected: those that its network has.

    Raises: RunError if they are missing or damaged."""
    file = history.file_of(path, step)
    try:
        content = read_file(file, most_bytes(expected))
    except FileNotFoundError:
        raise RunError(f"{path}: has no weights of step {step:,}") from None
    return unpacked(file, content, expected)


def _newest_weights(path: Path, expected: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], int]:
    limit = most_bytes(expected)
    candidates: list[tuple[int, Path, bytes]] = []
    for name in (SNAPSHOT, WEIGHTS):  # in this order: a run that is ending writes its weights, then removes its snapshot
        if os.path.lexists(path / name):
            try:
                content = read_file(path / name, limit)
            except FileNotFoundError:
                continue
            candidates.append((step_of(path / name, content), path / name, content))
    if not candidates:
        raise RunError(f"{path}: has no weights yet ({WEIGHTS} is missing); train the run first")
    step, file, content = max(reversed(candidates), key=lambda candidate: candidate[0])  # if equal, the final weights
    return unpacked(file, content, expected), step
