"""`train`: a spec becomes a trained network, and with --out a run directory."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playground.commands.refusal import INTERRUPTED, PROBLEMS, Refusal, told_plainly

if TYPE_CHECKING:
    from playground.runs.directory import RunDirectory
    from playground.spec import ExperimentSpec
    from playground.training.events import Event


@click.command()
@click.argument("spec")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keeps spec.json, metrics.jsonl and model.safetensors there.")
@click.option("--overwrite", is_flag=True, help="Replaces a run that lies in --out already.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a progress bar.")
def train(spec: str, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Trains SPEC. Data that is not here yet is downloaded first, with a progress bar.

    Ctrl-C ends it cleanly, with the weights so far kept. Exits with 1 if the training diverges, with 130 after Ctrl-C."""
    with told_plainly():
        from playground.commands.missing_data import bring
        from playground.commands.stopping import stopped_by_signals
        from playground.commands.training_report import print_json, print_progress
        from playground.network import build_model
        from playground.opening import load_spec
        from playground.runs.directory import RunDirectory
        from playground.training import train as training
        from playground.training.control import Control

        experiment = load_spec(spec)
        build_model(experiment)  # a network that cannot be trained downloads nothing, and leaves no directory behind
        if out is not None and RunDirectory(out).holds_run() and not overwrite:
            raise Refusal(f"{out}: holds a run already; choose another directory, or add --overwrite")
        control = Control(watched=False)
        with stopped_by_signals(control):
            bring(type(experiment.data), control)
            directory = None if out is None else _fresh_directory(out, experiment)
            events = _kept(training(experiment, control=control), directory)
            last = print_json(events) if as_json else print_progress(events)
    name = type(last).__name__
    if name == "Diverged":
        raise click.exceptions.Exit(PROBLEMS)
    if getattr(last, "reason", None) == "stopped":
        raise click.exceptions.Exit(INTERRUPTED)


def _fresh_directory(out: Path, spec: "ExperimentSpec") -> "RunDirectory":
    from playground.runs.directory import RunDirectory

    directory = RunDirectory(out)
    directory.clear()
    directory.write_spec(spec)
    return directory


def _kept(events: "Iterator[Event]", directory: "RunDirectory | None") -> "Iterator[Event]":
    """The same events, written into the directory on their way."""
    from playground.training.events import Diverged, Finished, Snapshot

    newest: Snapshot | None = None
    for event in events:
        if directory is not None:
            if isinstance(event, Snapshot):
                newest = event
                directory.write_snapshot(event.tensors, event.step)
            directory.append_event(event)
            if isinstance(event, Finished | Diverged) and newest is not None:
                directory.write_weights(newest.tensors, newest.step)
        yield event
