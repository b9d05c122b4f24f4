"""The commands of `python -m playground`; a file a command, and what several of them share.

What a command needs is imported when it runs, so that help and mistakes are answered at once."""

import click

from playground.commands.check import check
from playground.commands.compare import compare
from playground.commands.download import download
from playground.commands.explain import explain
from playground.commands.export import export
from playground.commands.predict import predict
from playground.commands.train import train


@click.group(commands=[check, compare, train, download, predict, explain, export], context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Assemble, train and explain neural networks.

    SPEC is a JSON file, a share link, its token, or the name of a preset (mlp_784_256_10, small_cnn, lenet5, keras_classic,
    playground_2d). RUN_DIR is a directory that `train --out` wrote."""
