"""`train`: trains a network and, with --out, saves it in a run directory."""

from collections.abc import Iterator
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line instead of a progress bar.")
def train(spec: str, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Train a network.

    Downloads the dataset first if it is not on this computer yet. Ctrl-C stops training and keeps the current weights.

    Exits with status 1 if training diverges, and with 130 after Ctrl-C."""
    with user_errors():
        from playground.commands.missing_data import ensure_downloaded
        from playground.commands.stopping import stopped_by_signals
        from playground.commands.training_report import print_json, print_progress
        from playground.network import build_model
        from playground.opening import load_spec
        from playground.runs.directory import RunDirectory
        from playground.training import train as training
        from playground.training.control import Control

        experiment = load_spec(spec)
        _warn(experiment)
        build_model(experiment)  # if the network cannot be trained, nothing is downloaded and no directory is made
        if out is not None and RunDirectory(out).holds_run() and not overwrite:
            raise UserError(f"{out}: already contains a run; choose another directory or add --overwrite")
        control = Control(watched=False)
        with stopped_by_signals(control):
            ensure_downloaded(type(experiment.data), control)
            directory = None if out is None else _fresh_directory(out, experiment)
            events = _recorded(training(experiment, control=control), directory, experiment)
            last = print_json(events) if as_json else print_progress(events)
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


def _fresh_directory(out: Path, spec: "ExperimentSpec") -> "RunDirectory":
    from playground.runs.directory import RunDirectory

    directory = RunDirectory(out)
    directory.clear()
    directory.write_spec(spec)
    return directory


def _recorded(events: "Iterator[Event]", directory: "RunDirectory | None", spec: "ExperimentSpec") -> "Iterator[Event]":
    """The same events, recorded in the directory as they pass."""
    from playground.training.events import Diverged, Finished, Snapshot, Started

    newest: Snapshot | None = None
    for event in events:
        if directory is not None:
            if isinstance(event, Started):
                directory.write_columns(spec.data)
                directory.write_spec(spec.computed_with(event.execution.threads, event.execution.memory_format))
            if isinstance(event, Snapshot):
                newest = event
                directory.write_snapshot(event.tensors, event.step)
            directory.append_event(event)
            if isinstance(event, Finished | Diverged) and newest is not None:
                directory.write_weights(newest.tensors, newest.step)
        yield event
