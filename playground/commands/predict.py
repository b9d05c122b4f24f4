"""`predict`: predictions of a trained network for images, or for the rows of CSV files."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playground.commands.errors import WRONG_INPUT, UserError, user_errors

if TYPE_CHECKING:
    from playground.predicting import Predictions
    from playground.runs.directory import LoadedRun


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def predict(run_dir: Path, files: tuple[Path, ...]) -> None:
    """Predict with a trained network.

    FILE is an image, or for a network that was trained on a table or on points a CSV file with the columns of the training data, in any
    order.

    Prints one JSON object per line for each image or row. Classes: its label, confidence and probabilities. Values: the name of the target
    and the value in its own units. An image has its file ("image"), a row its number ("row").

    If an image or a row cannot be predicted, the error is printed, the others are still predicted, and the exit status is 2."""
    with user_errors():
        from playground.runs.directory import load_run

        run = load_run(run_dir)
        takes_rows = run.columns is not None
    if run.caveat:
        click.echo(f"note: {run.caveat}", err=True)
    failed = False
    for path in files:
        try:
            with user_errors():
                found = _of_rows(run, path) if takes_rows else _of_image(run, path)
        except UserError as error:
            error.show()
            failed = True
            continue
        for note in found.notes:
            click.echo(f"note: {path}: {note}", err=True)
        for index, prediction in enumerate(found.predictions):
            if prediction.problem:
                where = "" if prediction.name == str(path) else f"{prediction.name}: "
                click.echo(f"error: {path}: {where}{prediction.problem}", err=True)
                failed = True
            else:
                which = {"row": index + 1} if takes_rows else {"image": str(path)}
                click.echo(json.dumps({**which, **prediction.answer}, allow_nan=False))
    if failed:
        raise click.exceptions.Exit(WRONG_INPUT)


def _of_rows(run: "LoadedRun", path: Path) -> "Predictions":
    from playground.catalog.datasets.examples import DataError
    from playground.predicting import predict_table

    try:
        return predict_table(run, path.read_bytes(), path.name)
    except DataError as error:
        raise UserError(f"{path}: {error}") from None


def _of_image(run: "LoadedRun", path: Path) -> "Predictions":
    from playground.drawing import check_image_file
    from playground.predicting import PredictError, predict_images

    check_image_file(path)
    try:
        return predict_images(run, [(str(path), path.read_bytes())])
    except PredictError as error:
        raise UserError(f"{run.directory}: {error}") from None
