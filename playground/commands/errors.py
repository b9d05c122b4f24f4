"""Mistakes of the user, printed in plain words on standard error, and the exit statuses of the commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

PROBLEMS = 1
WRONG_INPUT = 2
INTERRUPTED = 130


class UserError(click.ClickException):
    """A command that cannot be carried out; the message says where the mistake is, what is wrong and how to fix it."""

    exit_code = WRONG_INPUT

    def show(self, file: Any = None) -> None:
        for line in self.message.splitlines():
            click.echo(f"error: {line}", err=True)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turns the exceptions that the packages raise for mistakes of the user into a UserError."""
    from playground.artifacts.fetching import DownloadStoppedError
    from playground.catalog.datasets.examples import DataError
    from playground.drawing import DrawingError
    from playground.explain import ExplainError
    from playground.export.failure import ExportError
    from playground.runs.generation import GenerationError
    from playground.runs.run_error import RunError
    from playground.settings import SettingsError
    from playground.spec import SpecError
    from playground.training.device import DeviceError

    try:
        yield
    except DownloadStoppedError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except (SpecError, RunError, DataError, DeviceError, DrawingError, ExplainError, ExportError, GenerationError, SettingsError) as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
