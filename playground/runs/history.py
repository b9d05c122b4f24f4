"""The past of a run: weights from its beginning to now, spread evenly over its steps, so that it can be looked at as it was, and a few
checkpoints, from which it can be continued."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

FOLDER = "history"
MOST = 200
"""Moments whose weights are kept of one run at most."""
MOST_CHECKPOINTS = 12
"""Checkpoints kept of one run at most."""

_SHARE = 4
"""Checkpoints take at most one part in so many of the space."""
_WEIGHTS, _CHECKPOINT = "safetensors", "checkpoint"


def most_moments(size: int, most_bytes: int) -> int:
    """How many moments are kept of a network whose weights take `size` bytes. most_bytes: for weights and checkpoints together."""
    checkpoints = most_bytes // _SHARE  # a checkpoint is at least as large as the weights in it
    return min(MOST, (most_bytes - (checkpoints if size <= checkpoints else 0)) // max(1, size))


class History:
    """Keeps copies of a run's snapshots and checkpoints: of each, the first, the newest, and others spread evenly between them.

    directory: of the run. most_bytes: for all of them together; a large network has fewer moments, or none."""

    def __init__(self, directory: Path, most_bytes: int) -> None:
        self._folder = directory / FOLDER
        self._most_bytes = most_bytes
        self._weights = _Kept(directory, _WEIGHTS)
        self._checkpoints = _Kept(directory, _CHECKPOINT)

    def keep(self, file: Path, step: int) -> None:
        """Keeps the weights after this step. file: never modified, only replaced.

        Raises: OSError if they cannot be written."""
        self._weights.keep(file, step, most_moments(file.stat().st_size, self._most_bytes))

    def keep_checkpoint(self, file: Path, step: int) -> None:
        """The same for a checkpoint."""
        most = self._most_bytes // _SHARE // max(1, file.stat().st_size)
        self._checkpoints.keep(file, step, min(MOST_CHECKPOINTS, most))

    def cut(self, step: int) -> None:
        """Deletes everything after this step, which the run will report again. Raises: OSError."""
        for kept in (self._weights, self._checkpoints):
            kept.cut(step)

    def clear(self) -> None:
        """Deletes everything. Raises: OSError."""
        self.cut(-1)
        with suppress(OSError):  # it is not there, or contains something else
            self._folder.rmdir()


class _Kept:
    """The files of one kind: those of History."""

    def __init__(self, directory: Path, kind: str) -> None:
        self._directory, self._kind = directory, kind
        self._steps = list(_steps(directory, kind))

    def keep(self, file: Path, step: int, most: int) -> None:
        steps = self._steps
        if most < 1 or (steps and (step <= steps[-1] or most == 1)):
            return
        (self._directory / FOLDER).mkdir(exist_ok=True)
        _link(file, _file(self._directory, step, self._kind))
        steps.append(step)
        while len(steps) > most:
            _file(self._directory, steps.pop(_superfluous(steps)), self._kind).unlink(missing_ok=True)

    def cut(self, step: int) -> None:
        while self._steps and self._steps[-1] > step:
            _file(self._directory, self._steps[-1], self._kind).unlink(missing_ok=True)
            del self._steps[-1]


def steps(directory: Path) -> tuple[int, ...]:
    """The steps of which a run's directory has weights, in order; () if it has none."""
    return _steps(directory, _WEIGHTS)


def checkpoints(directory: Path) -> tuple[int, ...]:
    """The same for checkpoints."""
    return _steps(directory, _CHECKPOINT)


def file_of(directory: Path, step: int) -> Path:
    """The file with the weights of a step."""
    return _file(directory, step, _WEIGHTS)


def checkpoint_of(directory: Path, step: int) -> Path:
    """The file with the checkpoint of a step, as the content of `checkpoints.packed_checkpoint`."""
    return _file(directory, step, _CHECKPOINT)


def share(source: Path, target: Path, step: int) -> None:
    """Gives the directory of another run everything up to a step, without taking more space where the file system can; but what the run
    deletes meanwhile to make room for others.

    Raises: OSError."""
    (target / FOLDER).mkdir(exist_ok=True)
    for kind in (_WEIGHTS, _CHECKPOINT):
        for kept in _steps(source, kind):
            if kept <= step:
                with suppress(FileNotFoundError):
                    _link(_file(source, kept, kind), _file(target, kept, kind))


def _superfluous(steps: list[int]) -> int:
    """The index of the step to leave out of three or more so that the others are spread evenly, with the first and the last.

    The last one is replaced by the next one that comes, and so is far from the one before it only now and then: the one before the last
    stays if it is no closer to its predecessor than the most crowded ones are to their neighbors."""
    before_last = len(steps) - 2
    crowded = min(range(1, before_last), key=lambda index: steps[index + 1] - steps[index - 1], default=before_last)
    gap = (steps[crowded + 1] - steps[crowded - 1]) / 2
    return crowded if steps[before_last] - steps[before_last - 1] >= gap else before_last


def _file(directory: Path, step: int, kind: str) -> Path:
    return directory / FOLDER / f"{step}.{kind}"


def _steps(directory: Path, kind: str) -> tuple[int, ...]:
    folder, name = directory / FOLDER, re.compile(rf"(\d{{1,15}})\.{kind}")
    names = (name.fullmatch(file.name) for file in (folder.iterdir() if folder.is_dir() else ()))
    return tuple(sorted(int(match[1]) for match in names if match))


def _link(file: Path, target: Path) -> None:
    """The same content under another name: without a copy where the file system can."""
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError:
        part = target.with_name(f"{target.name}.part")
        shutil.copyfile(file, part)
        part.replace(target)
