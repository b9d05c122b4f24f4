"""`download`: datasets that are not here yet, for a time without a network."""

import click

from playground.commands.refusal import Refusal, told_plainly


@click.command()
@click.argument("kinds", metavar="DATASET...", nargs=-1, required=True)
def download(kinds: tuple[str, ...]) -> None:
    """Downloads every DATASET (mnist, fashion_mnist, kmnist, cifar10), so that it is there without a network later.

    Ctrl-C stops it and keeps what has come; the same command goes on there."""
    with told_plainly():
        from playground.catalog.datasets import DATASETS, Downloaded
        from playground.commands.missing_data import bring
        from playground.commands.stopping import stopped_by_signals
        from playground.training.control import Control

        for kind in kinds:
            if kind not in DATASETS:
                raise Refusal(DATASETS.unknown(kind))
        control = Control(watched=False)
        with stopped_by_signals(control):
            for kind in kinds:
                dataset = DATASETS[kind]
                bring(dataset, control)
                where = f"is in {dataset.folder()}" if issubclass(dataset, Downloaded) else "needs no download"
                click.echo(f"{dataset.title} {where}")
