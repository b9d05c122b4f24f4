"""How much disk space one visitor may take."""

from playground.artifacts.fetching import megabytes
from playground.artifacts.uploads import Upload
from playground.settings import settings
from playground.web.server import runs


class StorageLimitError(Exception):
    """A visitor stores as much as one may. The message says what to do, and who can allow more."""


def check_storage(owner: str, upload: Upload | None = None) -> None:
    """Before something is stored. upload: what it is, if it is no run. Raises: StorageLimitError; StoreError."""
    most = settings().stored_bytes_per_owner
    if not most or (upload is not None and runs().access.owns(upload.key, owner)):
        return
    stored = runs().stored_bytes(owner)
    needed = 0 if upload is None else upload.inputs.nbytes + upload.targets.nbytes
    if stored + needed < most:
        return
    takes = f"Your runs and data take {_size(stored)} on this server" + (f", and this data {_size(needed)}" if needed else "")
    raise StorageLimitError(
        f"{takes}; one visitor may store {_size(most)}. Delete runs on the Runs page, or data that you do not need. The operator of this "
        f"server can allow more: PLAYGROUND_STORED_BYTES_PER_OWNER."
    )


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else megabytes(count)
