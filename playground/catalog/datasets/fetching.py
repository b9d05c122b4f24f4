"""One file from the network into a folder: whole and checked, or not there at all.

What has come of it before an interruption stays beside it as `NAME.part`, and the next attempt asks for the rest (HTTP Range,
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

from playground.catalog.datasets.examples import DataError
from playground.catalog.datasets.line import LeftError, Line

SILENCE_SECONDS = 20.0
"""After so long without a byte a server is given up."""
SLOWEST_BYTES_PER_SECOND = 500
"""Who sends less, over `PATIENCE_SECONDS`, would never come to an end."""
PATIENCE_SECONDS = 60.0
_ATTEMPTS = 5
"""At one server, as long as each brings something."""
_CHUNK = 1 << 16

Report = Callable[[int], None]
"""Told how many bytes are there by now."""
Stopped = Callable[[], bool]
"""Whether nobody wants it any more."""


@dataclass(frozen=True)
class RemoteFile:
    """A file that is known before it comes. checksum: as "sha256:…", in hexadecimal digits."""

    name: str
    bytes: int
    checksum: str


class DownloadError(DataError):
    """A file cannot be downloaded: the message says from where, why, and what to do."""


class DownloadStoppedError(DownloadError):
    """Somebody stopped it. What has come is kept."""


class _RefusedError(Exception):
    """Why a server does not give the file."""


class _BrokenOffError(_RefusedError):
    """It began to; the rest may still come."""


def fetch(file: RemoteFile, addresses: Sequence[str], folder: Path, report: Report, stopped: Stopped) -> None:
    """Brings the file into the folder, from the first of the addresses that gives it. One process at a time.

    Raises: DownloadError with what each server answered, or if the folder cannot be written; DownloadStoppedError."""
    part = part_of(file, folder)
    failures = []
    for address in addresses:
        try:
            _bring(file, address, part, report, stopped)
            part.replace(folder / file.name)
            return
        except _RefusedError as failure:
            failures.append(f"{urlsplit(address).hostname}: {failure}.")
        except OSError as error:
            raise DownloadError(not_written(part, error)) from error
    kept = f"The {megabytes(size(part))} that have come are kept. " if size(part) else ""
    raise DownloadError(
        f"{file.name} cannot be downloaded. {' '.join(failures)} {kept}Check the network and try again; "
        "without one, set PLAYGROUND_DOWNLOADS to a server of your own that has the files"
    )


def part_of(file: RemoteFile, folder: Path) -> Path:
    """Where a file lies while it comes."""
    return folder / f"{file.name}.part"


def is_whole(file: RemoteFile, path: Path) -> bool:
    """Whether the file lies there as it should be, to the last bit."""
    try:
        state = path.stat()
    except OSError:
        return False
    return state.st_size == file.bytes and _has_checksum(path, file.checksum, state.st_mtime_ns, state.st_ino)


def size(path: Path) -> int:
    """Of a file, in bytes; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def megabytes(count: float) -> str:
    """As in "11.6 MB"; below one in kB."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def not_written(path: Path, error: OSError) -> str:
    """Why nothing can be written there, and the remedy."""
    return f"{path}: cannot be written ({error.strerror or error}); free its disk, or set PLAYGROUND_DATA to a folder that can be written"


def _bring(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    """The whole file, checked, as `part`. Raises: _RefusedError; OSError if it cannot be written; DownloadStoppedError."""
    went_on = size(part) > 0
    _receive_all(file, address, part, report, stopped)
    if went_on and not is_whole(file, part):  # what was there before may have been of another file
        part.unlink()
        _receive_all(file, address, part, report, stopped)
    if not is_whole(file, part):
        part.unlink()
        raise _RefusedError("what it sends is another file than the one that is known (its checksum differs); nothing of it is kept")


def _receive_all(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    for attempt in range(_ATTEMPTS):
        before = size(part)
        try:
            _receive(file, address, part, report, stopped)
            return
        except _BrokenOffError:
            if size(part) <= before or attempt + 1 == _ATTEMPTS:
                raise


def _receive(file: RemoteFile, address: str, part: Path, report: Report, stopped: Stopped) -> None:
    """All that is missing of `part`. Raises: as `_bring`."""
    here = size(part)
    if here > file.bytes:
        part.unlink()
        here = 0
    if here == file.bytes:
        return
    if stopped():
        raise DownloadStoppedError("stopped")
    with Line(stopped) as line:
        try:
            answer = _asked(line, address, here)
            if answer is None:  # the server knows nothing that begins there
                part.unlink()
                answer = _asked(line, address, 0)
            if answer is None:
                raise _RefusedError("it refuses the request (416)")
            here = here if _goes_on(answer, here, file) else 0
            _expect(file, answer.headers.get("Content-Length"), here)
            with part.open("ab" if here else "wb") as out:
                _copy(file, line, answer, here, out, report, stopped)
        except LeftError:
            raise DownloadStoppedError("stopped") from None


def _asked(line: Line, address: str, here: int) -> Any:
    """The answer, an http.client.HTTPResponse with its headers read; None for 416, range not satisfiable. Raises: _RefusedError."""
    ranged = {"Range": f"bytes={here}-"} if here else {}
    request = Request(address, headers={"User-Agent": "neural-network-playground", **ranged})
    try:
        return line.wait_for(lambda: urlopen(request, timeout=SILENCE_SECONDS))
    except HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return None
        if error.code == http.HTTPStatus.NOT_FOUND:
            raise _RefusedError("it does not have the file (404)") from None
        raise _RefusedError(f"it refuses the file ({error.code} {error.reason})") from None
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise _RefusedError(_no_answer(error)) from None


def _no_answer(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return f"no answer within {SILENCE_SECONDS:g} s"
    if isinstance(reason, socket.gaierror):
        return "its name is not found; there may be no network"
    if isinstance(reason, ConnectionRefusedError):
        return "it does not answer (connection refused)"
    if isinstance(reason, ssl.SSLError):
        return f"its certificate is not accepted ({reason.reason or reason}); is the computer's clock right?"
    return f"no connection ({reason or type(reason).__name__})"


def _goes_on(answer: Any, here: int, file: RemoteFile) -> bool:
    """Whether the answer is the rest that was asked for. A server without ranges sends the whole file instead."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    given = str(answer.headers.get("Content-Range", ""))
    if given != f"bytes {here}-{file.bytes - 1}/{file.bytes}":
        raise _RefusedError(f"it sends another part than was asked for, or of another file ({given[:60]!r})")
    return True


def _expect(file: RemoteFile, length: str | None, here: int) -> None:
    if length is not None and length.isdecimal() and here + int(length) != file.bytes:
        raise _RefusedError(f"its file has the wrong size: {here + int(length):,} bytes, not {file.bytes:,}")


def _copy(file: RemoteFile, line: Line, answer: Any, here: int, out: IO[bytes], report: Report, stopped: Stopped) -> None:
    """From the answer to `out` until the file is whole. Raises: as `_bring`."""
    since, before = time.monotonic(), here
    while here < file.bytes:
        if stopped():
            raise DownloadStoppedError("stopped")
        try:
            chunk = line.wait_for(lambda: answer.read1(_CHUNK))
        except TimeoutError:
            raise _BrokenOffError(f"nothing came for {SILENCE_SECONDS:g} s, at {_of(here, file)}") from None
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenOffError(f"the connection broke off at {_of(here, file)} ({type(error).__name__})") from None
        if not chunk:
            raise _BrokenOffError(f"the connection ended at {_of(here, file)}")
        if here + len(chunk) > file.bytes:
            raise _RefusedError(f"its file has the wrong size: more than {file.bytes:,} bytes")
        out.write(chunk)
        out.flush()  # others who wait look at its size, and a process that is killed has kept it
        here += len(chunk)
        report(here)
        if (passed := time.monotonic() - since) > PATIENCE_SECONDS:
            if here - before < SLOWEST_BYTES_PER_SECOND * passed:
                raise _RefusedError(f"it is too slow: {here - before:,} bytes in {passed:.0f} s, at {_of(here, file)}")
            since, before = time.monotonic(), here


def _of(here: int, file: RemoteFile) -> str:
    return f"{megabytes(here)} of {megabytes(file.bytes)}"


@lru_cache(maxsize=64)
def _has_checksum(path: Path, checksum: str, _mtime_ns: int, _inode: int) -> bool:
    """Of a file in this state; read once a process."""
    algorithm, _, digits = checksum.partition(":")
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return digest.hexdigest() == digits
