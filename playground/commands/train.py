"""`train`: trains a network and, with --out, saves it in a run directory, from which --resume continues."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playground.commands.errors import INTERRUPTED, PROBLEMS, UserError, user_errors

if TYPE_CHECKING:
    from playground.runs.directory import RunDirectory
    from playground.spec import ExperimentSpec
    from playground.training.events import Event


@click.command()
@click.argument("spec")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Save the run in this directory: spec.json, metrics.jsonl, model.safetensors.",
)
@click.option("--overwrite", is_flag=True, help="Replace the run in the --out directory, if there is one.")
@click.option("--resume", is_flag=True, help="Continue the run in the --out directory from its last checkpoint, if there is one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line instead of a progress bar.")
def train(spec: str, out: Path | None, overwrite: bool, resume: bool, as_json: bool) -> None:
    """Train a network.

    Downloads the dataset first if it is not on this computer yet. Ctrl-C stops training and keeps the current weights.

    With --out, the run can be resumed after Ctrl-C, a crash or a power cut: add --resume to the same command. The losses are those of an
    uninterrupted run, bit for bit on the CPU.

    Exits with status 1 if training diverges, and with 130 after Ctrl-C."""
    with user_errors():
        from playground.commands.missing_data import ensure_downloaded
        from playground.commands.resuming import checkpoint_to_resume, writing_alone
        from playground.commands.stopping import stopped_by_signals
        from playground.commands.training_report import print_json, print_progress
        from playground.network import build_model
        from playground.opening import load_spec
        from playground.runs.directory import RunDirectory
        from playground.training import train as training
        from playground.training.checkpoint import CheckpointError
        from playground.training.control import Control

        if resume and (out is None or overwrite):
            raise UserError(
                "--resume cannot be combined with --overwrite" if overwrite else "--resume needs --out, the directory of the run"
            )
        experiment = load_spec(spec)
        _warn(experiment)
        build_model(experiment)  # if the network cannot be trained, nothing is downloaded and no directory is made
        directory = None if out is None else RunDirectory(out)
        with nullcontext() if directory is None else writing_alone(directory):
            if directory is not None and directory.holds_run() and not overwrite and not resume:
                raise UserError(
                    f"{out}: already contains a run; add --resume to continue it, --overwrite to replace it, or choose another directory"
                )
            checkpoint = checkpoint_to_resume(directory, experiment) if directory is not None and resume else None
            control = Control(watched=False)
            with stopped_by_signals(control):
                ensure_downloaded(type(experiment.data), control)
            if directory is not None and checkpoint is None:
                directory.clear()
                directory.write_spec(experiment)
            with stopped_by_signals(control, at_checkpoint=directory is not None) as checkpoint_made:
                events = training(experiment, control=control, checkpoint=checkpoint)
                recorded = events if directory is None else _recorded(events, directory, experiment, checkpoint_made)
                try:
                    last = print_json(recorded) if as_json else print_progress(recorded)
                except CheckpointError as error:
                    raise UserError(f"{out}: {error}; add --overwrite instead of --resume to train it again") from None
    name = type(last).__name__
    if name == "Diverged":
        raise click.exceptions.Exit(PROBLEMS)
    if getattr(last, "reason", None) == "stopped":
        raise click.exceptions.Exit(INTERRUPTED)


def _warn(spec: "ExperimentSpec") -> None:
    """Prints what is known to end badly, on standard error: it is trained all the same."""
    from playground.network import trace

    for problem in trace(spec).problems:
        if problem.severity == "warning":
            fix = f" → {problem.fix.title}" if problem.fix else ""
            click.echo(f"warning: {problem.path}: {problem.message}{fix}", err=True)


def _recorded(
    events: "Iterator[Event]", directory: "RunDirectory", spec: "ExperimentSpec", checkpoint_made: Callable[[], None]
) -> "Iterator[Event]":
    """The same events, recorded in the directory as they pass."""
    from playground.runs.checkpoints import packed_checkpoint
    from playground.training.checkpoint import Checkpoint
    from playground.training.events import Diverged, Finished, Snapshot, Started

    newest: Snapshot | None = None
    for event in events:
        match event:
            case Started():
                directory.write_columns(spec.data)
                directory.write_spec(spec.computed_with(event.execution.threads, event.execution.memory_format))
            case Snapshot():
                newest = event
                directory.write_snapshot(event.tensors, event.step)
            case Checkpoint():
                directory.write_checkpoint(packed_checkpoint(event), event.step)
                checkpoint_made()
        directory.append_event(event)
        if isinstance(event, Finished | Diverged) and newest is not None:
            is_resumable = isinstance(event, Finished) and event.reason == "stopped"
            directory.write_weights(newest.tensors, newest.step, is_resumable=is_resumable)
        yield event
