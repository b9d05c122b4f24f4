"""What `train` prints during training: JSON lines for programs, a progress bar and a result for people."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from playground.catalog.messages import counted
from playground.commands.progress_bar import ProgressBar

if TYPE_CHECKING:
    from playground.training.events import Event

_REASONS = {
    "epochs": "finished",
    "target_accuracy": "target accuracy reached",
    "patience": "stopped early",
    "time": "time limit reached",
    "limit": "time limit of the server reached",
    "stopped": "stopped",
}


def print_json(events: "Iterator[Event]") -> "Event | None":
    """One JSON object per line on standard output. → the last event."""
    from playground.runs.event_lines import event_json

    event = None
    for event in events:
        line = event_json(event)
        if line is not None:
            click.echo(json.dumps(line, allow_nan=False))
    return event


def print_progress(events: "Iterator[Event]") -> "Event | None":
    """A progress bar on standard error, one line with the result on standard output. → the last event."""
    from playground.training.declarations import NOTHING
    from playground.training.divergence import RUNAWAY
    from playground.training.events import Diverged, Evaluated, Finished, Progress, Started

    event, epochs, declared, measured, diverging = None, 1, NOTHING, "", False
    bar = ProgressBar(sys.stderr)
    for event in events:
        if isinstance(event, Started):
            epochs, declared = event.epochs, event.declared
            samples = f"{event.train_samples:,} training examples, {event.test_samples:,} test examples"
            click.echo(f"{counted(event.parameters, 'parameter')} on {event.device_name}; {samples}", err=True)
        elif isinstance(event, Evaluated):
            shown = [metric for metric in declared.headline if not metric.every_step and metric.name in event.test]
            measured = "".join(f" · test {metric.title} {metric.text(event.test[metric.name], percent='.1%')}" for metric in shown)
        elif isinstance(event, Progress) and event.losses:
            if event.diverging and not diverging:
                bar.close()
                click.echo(f"diverging: the loss is {RUNAWAY}; training continues, Ctrl-C stops it", err=True)
            diverging = event.diverging
            numbers = f"loss {event.losses[-1]:.4f}{measured} · {event.samples_per_second:,.0f} samples/s"
            bar.show(event.epoch / epochs, f"epoch {min(int(event.epoch) + 1, epochs)}/{epochs} · {numbers}")
        elif isinstance(event, Diverged):
            bar.close()
            click.echo("\n".join([f"diverged: {event.message}", *(f"  try: {advice}" for advice in event.advice)]), err=True)
        elif isinstance(event, Finished):
            bar.close()
            metrics = [metric for metric in declared.metrics if metric.name in event.test]
            result = ", ".join(f"test {metric.title} {metric.text(event.test[metric.name], number='.4f')}" for metric in metrics)
            length = f"{event.epoch:.4g} epoch{'' if event.epoch == 1 else 's'} ({event.seconds:.1f} s)"
            click.echo(f"{_REASONS[event.reason]} after {length}: {result}")
            for finding in event.findings:
                click.echo(f"note: {finding}", err=True)
    return event
