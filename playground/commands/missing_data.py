"""Downloads a dataset that is not on this computer yet, before it is used."""

import sys
from typing import TYPE_CHECKING

import click

from playground.commands.progress_bar import ProgressBar

if TYPE_CHECKING:
    from playground.catalog.datasets import Dataset
    from playground.training.control import Control


def ensure_downloaded(kind: "type[Dataset]", control: "Control") -> None:
    """Downloads the files that the dataset still needs, if any, with a progress bar on standard error.

    Raises: DownloadError if the download fails; DownloadStoppedError when `control` requests a stop."""
    from playground.artifacts.fetching import megabytes
    from playground.catalog.datasets import Downloaded

    if not issubclass(kind, Downloaded) or kind.is_here():
        return
    total, bar = kind.needs.bytes, ProgressBar(sys.stderr)
    click.echo(f"{kind.title}: downloading {megabytes(total)}, license {kind.needs.license}", err=True)
    try:
        kind.download(
            lambda here: bar.show(here / total, f"{megabytes(here)} of {megabytes(total)} · {here / total:.0%}"), lambda: control.stop
        )
    finally:
        bar.close()
