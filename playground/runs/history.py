"""Weights of a run from its beginning to now, spread evenly over its steps, so that it can be looked at as it was."""

import os
import re
import shutil
from pathlib import Path

FOLDER = "history"
MOST = 32
"""Snapshots kept of one run at most."""

_NAME = re.compile(r"(\d{1,15})\.safetensors")


class History:
    """Keeps copies of a run's snapshots. When there are too many, every second one is deleted, and later ones are kept half as often.

    directory: of the run. most_bytes: for all of them together; if not even two fit, none is kept."""

    def __init__(self, directory: Path, most_bytes: int) -> None:
        self._folder = directory / FOLDER
        self._most_bytes = most_bytes
        self._steps = list(steps(directory))
        self._gap = _gap(self._steps)

    def keep(self, file: Path, step: int) -> None:
        """Keeps a snapshot of this step, unless it follows too soon after the last one. file: never modified, only replaced.

        Raises: OSError if it cannot be written."""
        most = min(MOST, self._most_bytes // max(1, file.stat().st_size))
        if most < 2 or (self._steps and step < self._steps[-1] + self._gap):
            return
        self._folder.mkdir(exist_ok=True)
        _link(file, file_of(self._folder.parent, step))
        self._steps.append(step)
        while len(self._steps) > most:
            for old in self._steps[1::2]:
                file_of(self._folder.parent, old).unlink(missing_ok=True)
            self._steps = self._steps[::2]
            self._gap = _gap(self._steps)


def steps(directory: Path) -> tuple[int, ...]:
    """The steps of which a run's directory has weights, in order; () if it has none."""
    folder = directory / FOLDER
    names = (_NAME.fullmatch(file.name) for file in (folder.iterdir() if folder.is_dir() else ()))
    return tuple(sorted(int(name[1]) for name in names if name))


def file_of(directory: Path, step: int) -> Path:
    """The file with the weights of a step."""
    return directory / FOLDER / f"{step}.safetensors"


def clear(directory: Path) -> None:
    """Deletes all weights of the history. Raises: OSError if they cannot be deleted."""
    for step in steps(directory):
        file_of(directory, step).unlink(missing_ok=True)


def _gap(kept: list[int]) -> int:
    """The mean distance between two steps: 1 at first."""
    return (kept[-1] - kept[0]) // (len(kept) - 1) if len(kept) > 1 else 1


def _link(file: Path, target: Path) -> None:
    """The same content under another name: without a copy where the file system can."""
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError:
        part = target.with_suffix(".part")
        shutil.copyfile(file, part)
        part.replace(target)
