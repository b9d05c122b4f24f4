"""The commands of `python -m playground`: one file per command, and what several of them share.

A command imports what it needs when it runs, so that help and usage errors appear at once."""

import click

from playground.commands.check import check
from playground.commands.compare import compare
from playground.commands.download import download
from playground.commands.explain import explain
from playground.commands.export import export
from playground.commands.generate import generate
from playground.commands.predict import predict
from playground.commands.settings import settings
from playground.commands.train import train


@click.group(
    commands=[check, compare, train, download, predict, generate, explain, export, settings],
    context_settings={"help_option_names": ["-h", "--help"]},
)
def main() -> None:
    """Check, train, explain and export neural networks.

    \b
    SPEC     an experiment: a JSON file, a share link, its token or the
             name of a preset, such as small_cnn
    RUN_DIR  a directory written by `train --out`

    \b
    Examples:
      python -m playground check small_cnn
      python -m playground train small_cnn --out runs/cnn
      python -m playground predict runs/cnn digit.png

    Run `python -m playground COMMAND --help` for the options of a command.
    """  # noqa: D301 (click reads the backspace character as: do not wrap this paragraph)
