"""`predict`: classifies images with a trained network."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground.commands.errors import WRONG_INPUT, UserError, user_errors

if TYPE_CHECKING:
    from playground.runs.directory import LoadedRun


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def predict(run_dir: Path, images: tuple[Path, ...]) -> None:
    """Classify images with a trained network.

    Prints one JSON object per line for each IMAGE, with its label, confidence and probabilities.

    If an image cannot be read, the error is printed, the other images are still classified, and the exit status is 2."""
    with user_errors():
        from playground.runs.directory import load_run

        run = load_run(run_dir)
    if run.caveat:
        click.echo(f"note: {run.caveat}", err=True)
    failed = False
    for path in images:
        try:
            with user_errors():
                line = _prediction(run, path)
        except UserError as error:
            error.show()
            failed = True
        else:
            click.echo(json.dumps(line, allow_nan=False))
    if failed:
        raise click.exceptions.Exit(WRONG_INPUT)


def _prediction(run: "LoadedRun", path: Path) -> dict[str, Any]:
    from playground.commands.image_file import example

    probabilities = run.probabilities(run.encode(example(run, path)))[0].tolist()
    if any(value != value for value in probabilities):
        raise UserError(
            f"{run.directory}: the network outputs NaN, because its training diverged; train it again with a smaller learning rate"
        )
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return {
        "image": str(path),
        "label": run.classes[best],
        "confidence": probabilities[best],
        "probabilities": dict(zip(run.classes, probabilities, strict=True)),
    }
