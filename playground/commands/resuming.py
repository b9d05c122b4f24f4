"""The run in the directory of `train --out`: who writes it, and where `--resume` continues."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from playground.commands.errors import UserError

if TYPE_CHECKING:
    from playground.runs.directory import RunDirectory
    from playground.spec import ExperimentSpec
    from playground.training.checkpoint import Checkpoint

_LOCK = ".lock"
_MOST_NAMED = 5


@contextmanager
def writing_alone(directory: "RunDirectory") -> Iterator[None]:
    """No other process trains in the directory meanwhile. The system releases the lock of a process that was killed.

    Raises: UserError if one does; OSError if the directory cannot be made or written."""
    from filelock import FileLock, Timeout

    directory.path.mkdir(parents=True, exist_ok=True)
    file = directory.path / _LOCK
    lock = FileLock(file, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(
            f"{directory.path}: another process is training in this directory; wait until it has ended, or choose another directory"
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file
            file.unlink()  # before the release: a process that has just opened it finds that it is gone, and makes a new one
        lock.release()


def checkpoint_to_resume(directory: "RunDirectory", spec: "ExperimentSpec") -> "Checkpoint | None":
    """The checkpoint of the run in the directory; None, with the reason on standard error, if training has to start at the first step.

    Raises: UserError if the run has ended, or is one of other settings; RunError if a file cannot be read."""
    from playground.runs.checkpoints import unpacked_checkpoint
    from playground.training.checkpoint import CheckpointError

    if directory.holds_run():
        _check_settings(directory, spec)
        _check_end(directory)
        directory.remove_unfinished_files()
        try:
            content = directory.checkpoint()
            if content is not None:
                checkpoint = unpacked_checkpoint(content)
                click.echo(f"resuming after step {checkpoint.step:,}", err=True)
                return checkpoint
            reason = "the run has left no checkpoint"
        except CheckpointError as error:
            reason = str(error)
    else:
        reason = "contains no run yet"
    click.echo(f"{directory.path}: {reason}; starting at the first step", err=True)
    return None


def _check_settings(directory: "RunDirectory", spec: "ExperimentSpec") -> None:
    """Raises: UserError if the run has other settings. What the spec leaves open was chosen when the run started."""
    from playground.differences import differences

    before = directory.spec()
    chosen, training = before.training, spec.training
    threads = chosen.threads if training.threads == "auto" else training.threads
    memory_format = chosen.memory_format if training.memory_format == "auto" else training.memory_format
    different = [str(difference) for difference in differences(before, spec.computed_with(threads, memory_format))]
    if different:
        more = [f"and {len(different) - _MOST_NAMED} more"] if len(different) > _MOST_NAMED else []
        raise UserError(
            f"{directory.path}: contains a run with other settings; choose another directory, or add --overwrite instead of --resume\n"
            + "\n".join([*different[:_MOST_NAMED], *more])
        )


def _check_end(directory: "RunDirectory") -> None:
    """Raises: UserError if there is nothing left to train. A run that was stopped may continue."""
    from playground.runs.directory import METRICS, WEIGHTS

    try:
        *_, line = (directory.path / METRICS).read_text(encoding="utf-8", errors="replace").splitlines()
        last = json.loads(line)
        event, reason, step = last["event"], last.get("reason"), last["step"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return  # no line yet, or one that was not written to its end
    if event in ("finished", "diverged") and reason != "stopped" and (directory.path / WEIGHTS).exists():
        how = "has finished" if event == "finished" else "has diverged"
        raise UserError(f"{directory.path}: the run {how} after step {step:,}; add --overwrite instead of --resume to train it again")
