"""The limits for the size and the number of uploaded files."""

from collections.abc import Sequence

from playground.own.errors import OwnDataError
from playground.own.names import shown
from playground.settings import settings


def check_sizes(files: Sequence[tuple[str, bytes]], remedy: str) -> None:
    """remedy: what to do if they are too large.

    Raises: OwnDataError if there are too many files (name, content), one of them is too large, or all of them together are."""
    limits = settings()
    if len(files) > limits.upload_files:
        raise OwnDataError(f"{len(files):,} files; the limit is {limits.upload_files:,} (PLAYGROUND_UPLOAD_FILES); upload fewer files")
    for name, content in files:
        if len(content) > limits.upload_bytes:
            raise OwnDataError(
                f"{shown(name)}: {len(content):,} bytes; the limit is {limits.upload_bytes:,} (PLAYGROUND_UPLOAD_BYTES); {remedy}"
            )
    total = sum(len(content) for _, content in files)
    if total > limits.upload_unpacked_bytes:
        raise OwnDataError(
            f"{len(files):,} files: {total:,} bytes together; the limit is {limits.upload_unpacked_bytes:,} "
            f"(PLAYGROUND_UPLOAD_UNPACKED_BYTES); {remedy}"
        )
