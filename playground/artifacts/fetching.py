"""Download one file into a folder: complete and verified, or not at all.

After an interruption, what was received stays next to it as `NAME.part`, and the next attempt requests the rest (HTTP Range,
RFC 9110, section 14)."""

import hashlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from playground.artifacts.cancellable import AbandonedError, CancellableThread
from playground.artifacts.errors import DataError

SILENCE_SECONDS = 20.0
"""A server that sends nothing for this long is given up."""
SLOWEST_BYTES_PER_SECOND = 500
"""A server that is slower than this, averaged over `PATIENCE_SECONDS`, is given up."""
PATIENCE_SECONDS = 60.0
_ATTEMPTS = 5
"""Per server, as long as each attempt makes progress."""
_CHUNK = 1 << 16

Report = Callable[[int], None]
"""Called with the number of bytes received so far."""
Stopped = Callable[[], bool]
"""Returns whether the download was canceled."""


@dataclass(frozen=True)
class RemoteFile:
    """A file whose size and checksum are known in advance. checksum: "sha256:…", in hexadecimal digits."""

    name: str
    bytes: int
    checksum: str


class DownloadError(DataError):
    """A file cannot be downloaded: the message says which server, why, and what to do."""


class DownloadStoppedError(DownloadError):
    """The download was canceled. What was received is kept."""


class _RefusedError(Exception):
    """Why a server does not send the file."""


class _ConnectionLostError(_RefusedError):
    """The connection broke in the middle; another attempt may get the rest."""


def fetch(file: RemoteFile, addresses: Sequence[str], folder: Path, report: Report, stopped: Stopped) -> None:
    """Downloads the file into the folder, from the first address that works. One process at a time.

    Raises: DownloadError with the response of each server, or if the folder cannot be written; DownloadStoppedError."""
    part = part_of(file, folder)
    failures = []
    for address in addresses:
        try:
            _download(file, address, part, report, stopped)
            part.replace(folder / file.name)
            return
        except _RefusedError as failure:
            failures.append(f"{urlsplit(address).hostname}: {failure}.")
        except OSError as error:
            raise DownloadError(not_written(part, error)) from error
    kept = f"The {megabytes(size(part))} received so far are kept. " if size(part) else ""
    raise DownloadError(
        f"{file.name} cannot be downloaded. {' '.join(failures)} {kept}Check the network and try again; "
        "without internet access, set PLAYGROUND_DOWNLOADS to your own server that has the files"
    )


def part_of(file: RemoteFile, folder: Path) -> Path:
    """Where a file is while it is being downloaded."""
    return folder / f"{file.name}.part"


def is_whole(file: RemoteFile, path: Path) -> bool:
    """Whether the file is there, with the expected size and checksum."""
    try:
        state = path.stat()
    except OSError:
        return False
    return state.st_size == file.bytes and _has_checksum(path, file.checksum, state.st_mtime_ns, state.st_ino)


def size(path: Path) -> int:
    """Size of a file in bytes; 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


def megabytes(count: float) -> str:
    """For example "11.6 MB"; in kB below 1 MB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def not_written(path: Path, error: OSError) -> str:
    """Why nothing can be written there, and what to do."""
    return f"{path}: cannot be written ({error.strerror or error}); free some disk space, or set PLAYGROUND_DATA to a writable folder"


def _download(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    """Downloads the whole file to `part` and verifies it. Raises: _RefusedError; OSError if it cannot be written; DownloadStoppedError."""
    resumed = size(part) > 0
    _receive_all(file, address, part, report, stopped)
    if resumed and not is_whole(file, part):  # the earlier part may belong to a different file
        part.unlink()
        _receive_all(file, address, part, report, stopped)
    if not is_whole(file, part):
        part.unlink()
        raise _RefusedError("it sends a different file than expected (the checksum differs); nothing of it is kept")


def _receive_all(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    for attempt in range(_ATTEMPTS):
        before = size(part)
        try:
            _receive(file, address, part, report, stopped)
            return
        except _ConnectionLostError:
            if size(part) <= before or attempt + 1 == _ATTEMPTS:
                raise


def _receive(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    """Downloads what is missing from `part`. Raises: like `_download`."""
    here = size(part)
    if here > file.bytes:
        part.unlink()
        here = 0
    if here == file.bytes:
        return
    if stopped():
        raise DownloadStoppedError("stopped")
    with CancellableThread(stopped) as thread:
        try:
            response = _request(thread, address, here)
            if response is None:  # the server has no such range
                part.unlink()
                response = _request(thread, address, 0)
            if response is None:
                raise _RefusedError("it rejects the request (416)")
            here = here if _resumes(response, here, file) else 0
            _check_length(file, response.headers.get("Content-Length"), here)
            with part.open("ab" if here else "wb") as out:
                _copy(file, thread, response, here, out, report, stopped)
        except AbandonedError:
            raise DownloadStoppedError("stopped") from None


def _request(thread: CancellableThread, address: str, here: int) -> Any:
    """The response, an http.client.HTTPResponse with its headers read; None for 416, range not satisfiable. Raises: _RefusedError."""
    ranged = {"Range": f"bytes={here}-"} if here else {}
    request = Request(address, headers={"User-Agent": "neural-network-playground", **ranged})
    try:
        return thread.wait_for(lambda: urlopen(request, timeout=SILENCE_SECONDS))
    except HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return None
        if error.code == http.HTTPStatus.NOT_FOUND:
            raise _RefusedError("it does not have the file (404)") from None
        raise _RefusedError(f"it rejects the request ({error.code} {error.reason})") from None
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise _RefusedError(_no_response(error)) from None


def _no_response(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return f"no response within {SILENCE_SECONDS:g} s"
    if isinstance(reason, socket.gaierror):
        return "host name not found; there may be no network connection"
    if isinstance(reason, ConnectionRefusedError):
        return "no response (connection refused)"
    if isinstance(reason, ssl.SSLError):
        return f"its certificate is not accepted ({reason.reason or reason}); is the computer's clock correct?"
    return f"no connection ({reason or type(reason).__name__})"


def _resumes(response: Any, here: int, file: RemoteFile) -> bool:
    """Whether the response is the requested range. A server without ranges sends the whole file instead."""
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    content_range = str(response.headers.get("Content-Range", ""))
    if content_range != f"bytes {here}-{file.bytes - 1}/{file.bytes}":
        raise _RefusedError(f"it sends a different range than requested, or of a different file ({content_range[:60]!r})")
    return True


def _check_length(file: RemoteFile, length: str | None, here: int) -> None:
    if length is not None and length.isdecimal() and here + int(length) != file.bytes:
        raise _RefusedError(f"its file has the wrong size: {here + int(length):,} bytes instead of {file.bytes:,}")


def _copy(file: RemoteFile, thread: CancellableThread, response: Any, here: int, out: IO[bytes], report: Report, stopped: Stopped) -> None:
    """Copies the response to `out` until the file is complete. Raises: like `_download`."""
    since, before = time.monotonic(), here
    while here < file.bytes:
        if stopped():
            raise DownloadStoppedError("stopped")
        try:
            chunk = thread.wait_for(lambda: response.read1(_CHUNK))
        except TimeoutError:
            raise _ConnectionLostError(f"nothing received for {SILENCE_SECONDS:g} s, after {_of(here, file)}") from None
        except (OSError, http.client.HTTPException) as error:
            raise _ConnectionLostError(f"the connection was lost after {_of(here, file)} ({type(error).__name__})") from None
        if not chunk:
            raise _ConnectionLostError(f"the connection was closed after {_of(here, file)}")
        if here + len(chunk) > file.bytes:
            raise _RefusedError(f"its file has the wrong size: more than {file.bytes:,} bytes")
        out.write(chunk)
        out.flush()  # waiting processes look at its size, and it is kept if this process is killed
        here += len(chunk)
        report(here)
        if (passed := time.monotonic() - since) > PATIENCE_SECONDS:
            if here - before < SLOWEST_BYTES_PER_SECOND * passed:
                raise _RefusedError(f"it is too slow: {here - before:,} bytes in {passed:.0f} s, after {_of(here, file)}")
            since, before = time.monotonic(), here


def _of(here: int, file: RemoteFile) -> str:
    return f"{megabytes(here)} of {megabytes(file.bytes)}"


@lru_cache(maxsize=64)
def _has_checksum(path: Path, checksum: str, _mtime_ns: int, _inode: int) -> bool:
    """Whether a file in this state has the checksum; read once per process."""
    algorithm, _, digits = checksum.partition(":")
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return digest.hexdigest() == digits
