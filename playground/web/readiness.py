"""What this server needs to serve, checked now: the data folder, disk space and the database."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playground.runs import RunNotFound, Runs
from playground.runs.database import StoreError

LEAST_FREE_BYTES = 50_000_000
"""With less disk space, the database may be the next to fail."""


def data_folder_problem(folder: Path) -> str:
    """Why nothing can be written to the data folder, with the remedy; "" if it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".written-") as file:
            file.write(b"whether this folder can be written")
    except OSError as error:
        return (
            f"the data folder {folder.absolute()} cannot be written ({error.strerror}); let the user of this process write there, free "
            "some disk space, or set PLAYGROUND_DATA to another folder"
        )
    return ""


def disk_problem(folder: Path) -> str:
    """That the disk is almost full, with the remedy; "" if it is not."""
    with suppress(OSError):
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE_BYTES:
            return (
                f"the disk of the data folder {folder.absolute()} has only {free / 1e6:.0f} MB left; free some space, or set "
                "PLAYGROUND_DATA to a folder on another disk"
            )
    return ""


def database_problem(runs: Callable[[], Runs]) -> str:
    """Why the database cannot be used; "" if it can."""
    try:
        runs().resolve("w" + "0" * 22)
    except RunNotFound:
        return ""
    except StoreError as error:
        return f"the database cannot be used: {error}"
    return ""
