"""`download`: fetches datasets ahead of time, for use without an internet connection."""

import click

from playground.commands.errors import UserError, user_errors


@click.command()
@click.argument("kinds", metavar="DATASET...", nargs=-1, required=True)
def download(kinds: tuple[str, ...]) -> None:
    """Download datasets for offline use.

    DATASET is mnist, fashion_mnist, kmnist or cifar10.

    Ctrl-C stops the download and keeps the data received so far; run the same command again to resume."""
    with user_errors():
        from playground.catalog.datasets import DATASETS, Downloaded
        from playground.commands.missing_data import ensure_downloaded
        from playground.commands.stopping import stopped_by_signals
        from playground.training.control import Control

        for kind in kinds:
            if kind not in DATASETS:
                raise UserError(DATASETS.unknown(kind))
        control = Control(watched=False)
        with stopped_by_signals(control):
            for kind in kinds:
                dataset = DATASETS[kind]
                ensure_downloaded(dataset, control)
                where = f"is in {dataset.folder()}" if issubclass(dataset, Downloaded) else "needs no download"
                click.echo(f"{dataset.title} {where}")
