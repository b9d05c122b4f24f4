"""What to tell a run's owner of an error that ended it."""

import re

import torch

from playground.catalog.datasets import DataError
from playground.runs.directory import RunError
from playground.runs.messages import Failed
from playground.spec import SpecError
from playground.training.device import DeviceError

_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory", re.IGNORECASE)
"""How torch's allocators say it, where they raise nothing more telling than RuntimeError."""
_FEWER_BYTES = ("Try a smaller batch size, or fewer or smaller layers.", "Let fewer runs train at once.")


def explained(error: Exception) -> Failed:
    """The error in plain words, and what to try. One that nobody foresaw is named as such."""
    if isinstance(error, SpecError | DeviceError | DataError | RunError):
        return Failed(str(error))
    if isinstance(error, torch.OutOfMemoryError):
        return Failed("The GPU has not enough memory for this run.", (*_FEWER_BYTES, "Train on the device “cpu”."))
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error))):
        return Failed("The computer has not enough memory for this run.", _FEWER_BYTES)
    summary = " ".join(str(error).split())[:300]
    return Failed(f"The playground met an error it did not expect ({type(error).__name__}: {summary}); the server's log says more.")
