"""A new run that goes on from an earlier moment of another one: it starts at the nearest checkpoint before it, and recomputes the steps up
to the moment, bit for bit on the CPU."""

import shutil
from contextlib import suppress
from pathlib import Path

from playground.runs import history
from playground.runs.directory import CHECKPOINT, METRICS, SPEC, RunDirectory, read_spec
from playground.runs.event_lines import changes_after
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec


def branched(source: Path, spec: ExperimentSpec, step: int, target: Path) -> tuple[RunDirectory, int]:
    """The directory of a new run with what it shares with another one, and the step from which it starts: that of the last checkpoint
    before the moment, or 0 if there is none. At least one step is computed, after which the run can pause.

    source: the directory of the other run, which may be missing. spec: of the new one; computed as the other one was. step: the moment.
    Raises: RunError if the directory cannot be written."""
    try:
        target.mkdir(parents=True)
        history.share(source, target, step - 1)
        start = max(history.checkpoints(target), default=0)
        if start:
            shutil.copyfile(history.checkpoint_of(target, start), target / CHECKPOINT)
            with suppress(FileNotFoundError):
                with (source / METRICS).open(encoding="utf-8", errors="replace") as file:
                    lines = [line for line in file if not changes_after(step, line)]
                (target / METRICS).write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise RunError(f"{target}: cannot be written ({error.strerror}); is the disk full?") from None
    directory = RunDirectory(target)
    with suppress(RunError):  # of a run that has not started
        computed = read_spec(source / SPEC).training
        spec = spec.computed_with(computed.threads, computed.memory_format)
    directory.write_spec(spec)
    return directory, start
