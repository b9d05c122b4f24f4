"""`predict`: what a trained network sees in images."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground.commands.refusal import WRONG_INPUT, Refusal, told_plainly

if TYPE_CHECKING:
    from playground.runs.directory import LoadedRun


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def predict(run_dir: Path, images: tuple[Path, ...]) -> None:
    """What the network in RUN_DIR sees in each IMAGE: one JSON object a line.

    An image that cannot be read is told on standard error; the others are answered, and the exit status is 2."""
    with told_plainly():
        from playground.runs.directory import load_run

        run = load_run(run_dir)
    refused = False
    for path in images:
        try:
            with told_plainly():
                line = _prediction(run, path)
        except Refusal as refusal:
            refusal.show()
            refused = True
        else:
            click.echo(json.dumps(line, allow_nan=False))
    if refused:
        raise click.exceptions.Exit(WRONG_INPUT)


def _prediction(run: "LoadedRun", path: Path) -> dict[str, Any]:
    from playground.commands.image_file import example

    probabilities = run.probabilities(run.encode(example(run, path)))[0].tolist()
    if any(value != value for value in probabilities):
        raise Refusal(f"{run.directory}: the network's answers are not numbers; its training diverged, train it again")
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return {
        "image": str(path),
        "label": run.classes[best],
        "confidence": probabilities[best],
        "probabilities": dict(zip(run.classes, probabilities, strict=True)),
    }
