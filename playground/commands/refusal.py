"""A user's mistake, told in plain words on standard error, and what a command exits with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

PROBLEMS = 1
WRONG_INPUT = 2
INTERRUPTED = 130


class Refusal(click.ClickException):
    """What the user asked for cannot be done; the message says where, why and what to do."""

    exit_code = WRONG_INPUT

    def show(self, file: Any = None) -> None:
        for line in self.message.splitlines():
            click.echo(f"error: {line}", err=True)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns what the parts raise for a user's mistakes into a refusal."""
    from playground.catalog.datasets.examples import DataError
    from playground.catalog.datasets.fetching import DownloadStoppedError
    from playground.drawing import DrawingError
    from playground.explain import ExplainError
    from playground.export.failure import ExportError
    from playground.runs.directory import RunError
    from playground.spec import SpecError
    from playground.training.device import DeviceError

    try:
        yield
    except DownloadStoppedError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except (SpecError, RunError, DataError, DeviceError, DrawingError, ExplainError, ExportError) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
